// swift-tools-version: 6.2
import PackageDescription

// The pure targets with what their fuzzers need, and nothing else: neither GRDB nor Hummingbird is built for it.
// `run.sh` builds it, and makes `Crumbgate`, a link to the repository's Sources.

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]
// Counters for libFuzzer, in our own code only.
let counted = strict + [.unsafeFlags(["-sanitize=fuzzer,address"])]

func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Crumbgate/\(name)", swiftSettings: counted)
}

func library(_ name: String, pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Crumbgate/C/\(name)", pkgConfig: pkgConfig)
}

let package = Package(
    name: "crumbgate-fuzz",
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.2.0")],
    targets: [
        .target(
            name: "COpenSSL", path: "Crumbgate/C/COpenSSL",
            cSettings: [.define("OPENSSL_SUPPRESS_DEPRECATED")],
            linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "CTLS", path: "Crumbgate/C/CTLS",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CBytes", path: "Crumbgate/C/CBytes"),
        .target(name: "CDoubt", path: "Crumbgate/C/CDoubt"),
        .target(name: "CKnownServices", path: "Crumbgate/C/CKnownServices"),
        .target(name: "CTrafficLists", path: "Crumbgate/C/CTrafficLists"),
        library("CMaxMindDB", pkgConfig: "libmaxminddb"),
        library("CZlib", pkgConfig: "zlib"),
        library("CBrotli", pkgConfig: "libbrotlienc libbrotlidec"),
        library("CPublicSuffix", pkgConfig: "libpsl"),

        pure("Bytes", ["CBytes"]),
        pure("HTTPWire", ["Bytes", "CBytes"]),
        pure("Cookies", ["Bytes"]),
        pure("HTMLRewriting", ["Bytes", "CDoubt"]),
        pure("ContentCoding", ["Bytes", "CZlib", "CBrotli"]),
        pure("PublicSuffix", ["Bytes", "CPublicSuffix"]),
        pure("Consent", ["Bytes", "Cookies", "COpenSSL"]),
        pure("Location", ["Bytes", "CMaxMindDB"]),
        pure("TLS", ["Bytes", "CTLS"]),
        pure(
            "Rules",
            [
                "Bytes", "Cookies", "Consent", "HTMLRewriting", "Location", "Measurement", "PublicSuffix", "TLS",
                "CKnownServices", "Yams",
            ]),
        pure("Measurement", ["Bytes", "Location", "CTrafficLists", "Yams"]),

        .systemLibrary(name: "CFuzzer", path: "CFuzzer"),
        .executableTarget(
            name: "crumbgate-fuzz",
            dependencies: [
                "CFuzzer", "COpenSSL", "Bytes", "HTTPWire", "Cookies", "HTMLRewriting", "ContentCoding", "Consent",
                "Location", "Rules",
            ],
            path: "Targets", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
