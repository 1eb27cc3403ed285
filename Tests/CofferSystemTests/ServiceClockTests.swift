import CofferSystem
import Testing

struct ServiceClockTests {
    @Test func `A settable clock stands still until it is moved`() {
        let settable = SettableClock(milliseconds: 1_000)
        let clock = settable.clock
        let watch = Stopwatch(clock)
        #expect(clock.milliseconds == 1_000 && watch.elapsed == .zero)
        settable.advance(seconds: 60)
        #expect(clock.milliseconds == 61_000 && watch.elapsed == .seconds(60))
    }

    @Test func `The system's clocks go on`() {
        let clock = ServiceClock.system
        let (milliseconds, nanoseconds) = (clock.milliseconds, clock.nanoseconds)
        let watch = Stopwatch()
        while clock.nanoseconds - nanoseconds < 2_000_000 {}
        #expect(clock.milliseconds > milliseconds && watch.elapsed >= .milliseconds(1))
        // After the year 2025, in milliseconds.
        #expect(milliseconds > 1_735_689_600_000)
    }
}
