/// A name that is free: itself, or with the first number behind it that makes it so.
func numbered<Failure>(
    _ name: String, _ separator: String, isFree: (String) throws(Failure) -> Bool
) throws(Failure) -> String {
    var candidate = name
    var number = 2
    while try !isFree(candidate) {
        candidate = "\(name)\(separator)\(number)"
        number += 1
    }
    return candidate
}
