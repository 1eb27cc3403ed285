// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// In the targets of the server, an async function runs where its caller runs. Otherwise each call of a request would
/// ask which executor its task prefers, at 200 instructions.
let serverSettings = settings + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

func library(_ name: String, _ dependencies: [Target.Dependency], isOfServer: Bool = false) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: isOfServer ? serverSettings : settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], areOfServer: Bool = false) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: areOfServer ? serverSettings : settings)
}

let package = Package(
    name: "coffer",
    products: [
        .executable(name: "coffer", targets: ["coffer"]),
        .library(name: "CofferServer", targets: ["CofferServer"]),
        // With the words of S3, which are its inputs and outputs.
        .library(name: "CofferClient", targets: ["CofferClient", "CofferModel"]),
        // Foundation's networking for CofferClient, apart, so that nobody else links it.
        .library(name: "CofferURLSession", targets: ["CofferURLSession"]),
        .library(name: "CofferFiscal", targets: ["CofferFiscal"]),
    ],
    targets: [
        // Layer 0: C libraries.
        .systemLibrary(name: "CMicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // Headers alone: the library is loaded at the first document.
        .systemLibrary(name: "CLibXML2", providers: [.apt(["libxml2"])]),
        // Packages that were packed, and descriptors in YAML.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        // Headers alone: its pkg-config file would link a library that nothing needs.
        .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
        // Headers alone: the library is loaded when the first request is sent.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // Headers alone: a few instructions that Swift cannot name.
        .systemLibrary(name: "CCRC"),
        // MD5 in the lanes of vectors, compiled for several sets of instructions.
        .target(name: "CMD5"),
        // Replaces a function of the C library, for libmicrohttpd.
        .target(name: "CEpoll"),
        // A header alone: what Swift cannot name of the system.
        .systemLibrary(name: "CLinux"),
        // Layer 1: the system, databases, words, digests, HTTP.
        library("CofferSystem", ["CLinux"]),
        library("CofferCrypto", ["COpenSSL", "CXXHash", "CCRC", "CMD5"]),
        library("CofferModel", ["CofferSystem", "CLibXML2"]),
        library("CofferHTTP", ["CofferSystem", "CMicrohttpd", "CEpoll"], isOfServer: true),
        library("CofferSQLite", ["CSQLite"]),
        // Layer 2: signatures, rights, storage.
        library("CofferSigning", ["CofferSystem", "CofferModel", "CofferCrypto"]),
        library("CofferAccess", ["CofferModel"]),
        library("CofferStorage", ["CofferSystem", "CofferModel", "CofferCrypto", "CofferSQLite"], isOfServer: true),
        // Layer 3: what S3, IAM and STS share, identities, and the operations.
        library(
            "CofferService",
            [
                "CofferSystem", "CofferModel", "CofferCrypto", "CofferHTTP", "CofferSigning", "CofferAccess",
                "CofferStorage",
            ], isOfServer: true
        ),
        library(
            "CofferIAM",
            [
                "CofferService", "CofferSystem", "CofferModel", "CofferCrypto", "CofferHTTP", "CofferSigning",
                "CofferAccess", "CofferStorage",
            ], isOfServer: true),
        library(
            "CofferS3",
            [
                "CofferIAM", "CofferService", "CofferSystem", "CofferModel", "CofferCrypto", "CofferHTTP",
                "CofferSigning", "CofferAccess", "CofferStorage",
            ], isOfServer: true),
        library(
            "CofferServer",
            [
                "CofferS3", "CofferIAM", "CofferService", "CofferSystem", "CofferModel", "CofferCrypto", "CofferHTTP",
                "CofferSigning", "CofferAccess", "CofferStorage",
            ], isOfServer: true),
        library("CofferClient", ["CofferSystem", "CofferModel", "CofferCrypto", "CofferSigning", "CCurl"]),
        library("CofferURLSession", ["CofferClient", "CofferModel"]),
        // Copies between directories and services: plans, comparisons, filters, and their execution.
        library("CofferTransfer", ["CofferClient", "CofferModel", "CofferSystem"]),
        library(
            "CofferFiscal",
            ["CofferClient", "CofferModel", "CofferCrypto", "CofferSQLite", "CZlib", "CYAML"]),
        // Layer 4: the command line.
        .executableTarget(
            name: "coffer",
            dependencies: [
                "CofferServer", "CofferHTTP", "CofferClient", "CofferTransfer", "CofferFiscal", "CofferAccess",
                "CofferModel", "CofferSystem",
            ],
            swiftSettings: settings),
        .target(
            name: "CofferTestSupport", dependencies: ["CofferSystem", "CSQLite"], path: "Tests/Support",
            exclude: ["MemoryCatalog"], swiftSettings: settings),
        .target(
            name: "CofferMemoryCatalog", dependencies: ["CofferStorage", "CofferModel", "CofferSystem"],
            path: "Tests/Support/MemoryCatalog", swiftSettings: serverSettings),
        tests("CofferCryptoTests", ["CofferCrypto", "CofferTestSupport"]),
        tests("StructureTests", []),
        tests("CofferSystemTests", ["CofferSystem", "CofferTestSupport"]),
        tests("CofferSQLiteTests", ["CofferSQLite", "CofferSystem", "CofferTestSupport"]),
        tests("CofferModelTests", ["CofferModel", "CofferSystem", "CofferTestSupport"]),
        tests("CofferHTTPTests", ["CofferHTTP", "CofferSystem", "CofferTestSupport"], areOfServer: true),
        tests("CofferSigningTests", ["CofferSigning", "CofferModel", "CofferCrypto"]),
        tests("CofferAccessTests", ["CofferAccess", "CofferModel", "CofferTestSupport"]),
        tests(
            "CofferStorageTests",
            [
                "CofferStorage", "CofferSystem", "CofferModel", "CofferCrypto", "CofferSQLite", "CofferHTTP",
                "CofferTestSupport", "CofferMemoryCatalog",
            ], areOfServer: true),
        tests(
            "CofferServerTests",
            [
                "CofferServer", "CofferS3", "CofferIAM", "CofferService", "CofferAccess", "CofferSigning",
                "CofferStorage", "CofferModel", "CofferCrypto", "CofferHTTP", "CofferSystem", "CofferTestSupport",
                "CofferMemoryCatalog",
            ], areOfServer: true),
        tests("CofferTransferTests", ["CofferTransfer", "CofferClient", "CofferModel"]),
        tests("CofferFiscalTests", ["CofferFiscal", "CofferModel", "CofferCrypto"]),
        // The code in the README and in the articles, compiled as a user's code is.
        tests("DocumentationTests", ["CofferClient", "CofferServer", "CofferModel"]),
        // Times of parsers at their limits; in a release build they are held to 50 ms.
        tests(
            "WorstCaseTests",
            [
                "CofferServer", "CofferS3", "CofferIAM", "CofferService", "CofferFiscal", "CofferClient",
                "CofferAccess", "CofferSigning", "CofferHTTP",
                "CofferStorage", "CofferModel", "CofferCrypto", "CofferSystem",
            ], areOfServer: true),
        tests(
            "CofferClientTests",
            [
                "CofferClient", "CofferURLSession", "CofferServer", "CofferHTTP", "CofferSigning", "CofferModel",
                "CofferCrypto", "CofferSystem", "CofferTestSupport",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
