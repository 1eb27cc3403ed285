import CofferModel
import CofferSystem
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct JobRunnerTests {
    // MARK: Order

    @Test func `A job runs at the start, or when it is woken for the first time`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { _ in JobStep(next: .whenWoken) }
        try await fixture.start("b", runsAtStart: false) { _ in JobStep(next: .whenWoken) }
        await fixture.advance(seconds: 1_000_000)
        #expect(fixture.log.steps == ["a"])
        fixture.runner.wake("b")
        await fixture.runner.runDue()
        #expect(fixture.log.steps == ["a", "b"])
    }

    @Test func `Steps follow one another, each from where the one before ended`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { progress in
            let count = (progress?.first ?? UInt8(ascii: "0")) + 1
            return JobStep(progress: [count], next: count < UInt8(ascii: "4") ? .atOnce : .whenWoken)
        }
        await fixture.runner.runDue()
        #expect(fixture.log.steps == ["a", "a 1", "a 2", "a 3"])
    }

    @Test func `A step that ends without progress begins anew`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { progress in
            progress == nil ? JobStep(progress: [UInt8(ascii: "x")], next: .atOnce) : JobStep(next: .whenWoken)
        }
        await fixture.runner.runDue()
        fixture.runner.wake("a")
        await fixture.runner.runDue()
        #expect(fixture.log.steps == ["a", "a x", "a", "a x"])
    }

    @Test func `The job that has been due for the longest time comes first, a woken one since it was woken`()
        async throws
    {
        let fixture = try JobFixture()
        for (name, seconds) in [("a", 30), ("b", 10), ("c", 20), ("later", 60)] as [(String, Int64)] {
            try await fixture.start(name) { progress in
                JobStep(progress: [1], next: progress == nil ? .after(seconds: seconds) : .whenWoken)
            }
        }
        try await fixture.start("idle", runsAtStart: false) { _ in JobStep(next: .whenWoken) }
        await fixture.runner.runDue()
        let gate = Gate()
        try await fixture.start("first") { _ in
            await gate.pass()
            return JobStep(next: .whenWoken)
        }
        let before = await fixture.log.steps(count: 5).count
        fixture.clock.advance(seconds: 40)
        fixture.runner.wake("idle")
        gate.open()
        await fixture.runner.runDue()
        #expect(fixture.log.steps[before...].map { String($0.prefix { $0 != " " }) } == ["b", "c", "a", "idle"])
    }

    @Test func `Jobs take turns`() async throws {
        let fixture = try JobFixture()
        let (gate, script) = (Gate(), StepLog())
        try await fixture.start("gate") { _ in
            await gate.pass()
            return JobStep(next: .whenWoken)
        }
        for name in ["a", "b"] {
            try await fixture.start(name) { progress in
                // A step takes a second.
                fixture.clock.advance(seconds: 1)
                script.add(name)
                return JobStep(next: script.steps.count { $0 == name } < 3 ? .atOnce : .whenWoken)
            }
        }
        gate.open()
        await fixture.runner.runDue()
        #expect(script.steps == ["a", "b", "a", "b", "a", "b"])
    }

    @Test func `A job that is woken all the time leaves others their turn`() async throws {
        let fixture = try JobFixture()
        let (gate, script) = (Gate(), StepLog())
        try await fixture.start("gate") { _ in
            await gate.pass()
            return JobStep(next: .whenWoken)
        }
        for name in ["woken", "other"] {
            try await fixture.start(name) { _ in
                fixture.clock.advance(seconds: 1)
                script.add(name)
                guard script.steps.count < 6 else { return JobStep(next: .whenWoken) }
                if name == "woken" { fixture.runner.wake(name) }
                return JobStep(next: name == "woken" ? .whenWoken : .atOnce)
            }
        }
        gate.open()
        await fixture.runner.runDue()
        #expect(script.steps.prefix(6) == ["woken", "other", "woken", "other", "woken", "other"])
    }

    // MARK: Time

    @Test func `A step runs when its time has come, and not before`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { _ in JobStep(next: .after(seconds: 10)) }
        await fixture.runner.runDue()
        for _ in 0..<3 {
            let count = fixture.log.steps.count
            await fixture.advance(seconds: 9)
            #expect(fixture.log.steps.count == count)
            await fixture.advance(seconds: 1)
            #expect(fixture.log.steps.count == count + 1)
        }
    }

    /// The only test that waits for real time.
    @Test func `The timer runs a step that nothing else asks for`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { progress in
            JobStep(progress: [1], next: progress == nil ? .after(seconds: 1) : .whenWoken)
        }
        await fixture.runner.runDue()
        // The timer was set for a second from now, and finds that this has passed.
        fixture.clock.advance(seconds: 1)
        #expect(await fixture.log.steps(count: 2).count == 2)
    }

    @Test func `A woken job runs at once, however often it is woken`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { _ in JobStep(next: .whenWoken) }
        await fixture.runner.runDue()
        let gate = Gate()
        try await fixture.start("gate") { _ in
            await gate.pass()
            return JobStep(next: .whenWoken)
        }
        _ = await fixture.log.steps(count: 2)
        for _ in 0..<5 { fixture.runner.wake("a") }
        fixture.runner.wake("unknown")
        gate.open()
        await fixture.runner.runDue()
        #expect(fixture.log.steps == ["a", "gate", "a"])
    }

    @Test func `A job whose next step has a time runs at that time, however often it is woken`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { _ in JobStep(next: .after(seconds: 10)) }
        await fixture.runner.runDue()
        for _ in 0..<5 { fixture.runner.wake("a") }
        await fixture.advance(seconds: 9)
        #expect(fixture.log.steps == ["a"])
        await fixture.advance(seconds: 1)
        #expect(fixture.log.steps == ["a", "a"])
    }

    @Test func `A job that is woken during its step runs again`() async throws {
        let fixture = try JobFixture()
        let gate = Gate()
        try await fixture.start("a") { _ in
            await gate.pass()
            return JobStep(next: .whenWoken)
        }
        _ = await fixture.log.steps(count: 1)
        fixture.runner.wake("a")
        gate.open()
        await fixture.runner.runDue()
        #expect(fixture.log.steps == ["a", "a"])
    }

    @Test(arguments: [
        (0, JobStep.Next.atOnce, 0), (3, .atOnce, 6), (3, .after(seconds: 1), 6), (3, .after(seconds: 10), 10),
    ])
    func `A job rests for a multiple of the time of its step`(factor: Int, next: JobStep.Next, rest: Int64)
        async throws
    {
        let fixture = try JobFixture()
        let second = StepLog()
        try await fixture.start("a", restFactor: factor) { progress in
            if progress == nil { fixture.clock.advance(seconds: 2) } else { second.add("") }
            return JobStep(progress: [1], next: progress == nil ? next : .whenWoken)
        }
        await fixture.runner.runDue()
        if rest > 0 {
            await fixture.advance(seconds: rest - 1)
            #expect(second.steps.isEmpty)
            await fixture.advance(seconds: 1)
        }
        #expect(second.steps.count == 1)
    }

    // MARK: Failures

    @Test func `A step that fails is tried again, later each time, up to an hour`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("a") { progress throws(StorageError) in
            if progress == nil { return JobStep(progress: [UInt8(ascii: "x")], next: .atOnce) }
            throw .busy
        }
        await fixture.runner.runDue()
        for (failures, delay) in zip(1..., [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600] as [Int64]) {
            #expect(try fixture.status("a").failures == failures)
            await fixture.advance(seconds: delay - 1)
            // Nor does waking it make it run more often.
            fixture.runner.wake("a")
            await fixture.runner.runDue()
            #expect(fixture.log.steps.count == failures + 1, "\(delay)")
            await fixture.advance(seconds: 1)
        }
        #expect(fixture.log.steps == ["a"] + Array(repeating: "a x", count: 15))
        #expect(fixture.faults.steps == Array(repeating: "busy", count: 15))
    }

    @Test func `After a success a job fails anew from a second on`() async throws {
        let fixture = try JobFixture()
        let fails = StepLog()
        try await fixture.start("a") { _ throws(StorageError) in
            fails.add("")
            if fails.steps.count == 3 { return JobStep(next: .after(seconds: 10)) }
            throw .noSpace
        }
        await fixture.runner.runDue()
        await fixture.advance(seconds: 1)
        #expect(
            try fixture.status("a") == JobStatus(name: "a", state: .waiting, steps: 2, failures: 2, fault: "noSpace"))
        await fixture.advance(seconds: 2)
        #expect(try fixture.status("a") == JobStatus(name: "a", state: .waiting, steps: 3, failures: 0, fault: nil))
        await fixture.advance(seconds: 10)
        #expect(try fixture.status("a").failures == 1)
        await fixture.advance(seconds: 1)
        #expect(fixture.log.steps.count == 5)
    }

    @Test func `A job that fails does not hold up others`() async throws {
        let fixture = try JobFixture()
        try await fixture.start("bad") { _ throws(StorageError) in throw .damaged("lost") }
        try await fixture.start("good") { progress in
            JobStep(progress: (progress ?? []) + [1], next: progress?.count == 9 ? .whenWoken : .atOnce)
        }
        await fixture.runner.runDue()
        #expect(fixture.log.steps.count { $0 == "bad" } == 1)
        #expect(fixture.log.steps.count { $0 != "bad" } == 10)
        #expect(try fixture.status("good").failures == 0)
        #expect(try fixture.status("bad").fault == #"damaged("lost")"#)
    }

    // MARK: Several runs of the process

    @Test func `A persistent job goes on where it was, at the time that it had`() async throws {
        var fixture = try JobFixture()
        let script: @Sendable ([UInt8]?) -> JobStep = { progress in
            JobStep(progress: [(progress?.first ?? UInt8(ascii: "0")) + 1], next: .after(seconds: 10))
        }
        for name in ["kept", "new"] {
            try await fixture.start(name, isPersistent: name == "kept") { progress in script(progress) }
        }
        await fixture.runner.runDue()
        await fixture.advance(seconds: 10)
        #expect(fixture.log.steps == ["kept", "new", "kept 1", "new 1"])
        fixture = await fixture.restarted()
        for name in ["kept", "new"] {
            try await fixture.start(name, isPersistent: name == "kept") { progress in script(progress) }
        }
        await fixture.runner.runDue()
        await fixture.advance(seconds: 9)
        #expect(fixture.log.steps == ["new"])
        await fixture.advance(seconds: 1)
        #expect(fixture.log.steps == ["new", "kept 2", "new 1"])
    }

    @Test func `A persistent job that fails goes on failing after a restart, as late as before`() async throws {
        var fixture = try JobFixture()
        let script: @Sendable ([UInt8]?) throws(StorageError) -> JobStep = { progress throws(StorageError) in
            guard progress != nil else { return JobStep(progress: [UInt8(ascii: "x")], next: .atOnce) }
            throw .busy
        }
        try await fixture.start("a", isPersistent: true) { progress throws(StorageError) in try script(progress) }
        await fixture.runner.runDue()
        for delay in [1, 2] as [Int64] { await fixture.advance(seconds: delay) }
        #expect(try fixture.status("a").failures == 3)
        fixture = await fixture.restarted()
        try await fixture.start("a", isPersistent: true) { progress throws(StorageError) in try script(progress) }
        await fixture.advance(seconds: 3)
        #expect(fixture.log.steps.isEmpty)
        #expect(try fixture.status("a").failures == 3)
        await fixture.advance(seconds: 1)
        #expect(fixture.log.steps == ["a x"])
        #expect(try fixture.status("a").failures == 4)
    }

    // MARK: The end

    @Test func `The end waits for the step in progress, and no other follows`() async throws {
        let fixture = try JobFixture()
        let (gate, order) = (Gate(), StepLog())
        try await fixture.start("a") { _ in
            await gate.pass()
            order.add("the step")
            return JobStep(next: .atOnce)
        }
        try await fixture.start("b") { _ in JobStep(next: .whenWoken) }
        _ = await fixture.log.steps(count: 1)
        async let end: Void = {
            await fixture.runner.end()
            order.add("the end")
        }()
        gate.open()
        await end
        #expect(order.steps.last == "the end" && order.steps.contains("the step"))
        let steps = fixture.log.steps
        for name in ["a", "b"] { fixture.runner.wake(name) }
        await fixture.advance(seconds: 1000)
        try await fixture.start("c") { _ in JobStep(next: .atOnce) }
        await fixture.runner.runDue()
        #expect(fixture.log.steps == steps)
        await fixture.runner.end()
    }

    @Test func `The status says what a job does`() async throws {
        let fixture = try JobFixture()
        let gate = Gate()
        try await fixture.start("idle", runsAtStart: false) { _ in JobStep(next: .whenWoken) }
        try await fixture.start("waiting") { _ in JobStep(next: .after(seconds: 5)) }
        await fixture.runner.runDue()
        try await fixture.start("running") { _ in
            await gate.pass()
            return JobStep(next: .whenWoken)
        }
        _ = await fixture.log.steps(count: 2)
        #expect(
            fixture.runner.statuses == [
                JobStatus(name: "idle", state: .idle, steps: 0, failures: 0, fault: nil),
                JobStatus(name: "waiting", state: .waiting, steps: 1, failures: 0, fault: nil),
                JobStatus(name: "running", state: .running, steps: 0, failures: 0, fault: nil),
            ])
        gate.open()
        await fixture.runner.runDue()
        #expect(
            try fixture.status("running") == JobStatus(name: "running", state: .idle, steps: 1, failures: 0, fault: nil)
        )
    }

    @Test func `A store's own jobs run, and it ends with them`() async throws {
        let fixture = try await StoreFixture()
        let names = fixture.store.jobs.statuses.map(\.name)
        #expect(names.contains("garbage-collection"))
        try await fixture.put(StoreFixture.pattern(5000), as: "a")
        try await fixture.delete("a")
        await fixture.store.jobs.runDue()
        #expect(try fixture.blobFiles.isEmpty && fixture.segmentCount == 0)
        try await fixture.store.close()
        #expect(fixture.store.jobs.statuses.allSatisfy { $0.state != .running && $0.failures == 0 })
    }
}
