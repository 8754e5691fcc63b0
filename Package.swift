// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

func pure(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies, path: "Tests/Unit/\(name)", swiftSettings: strict)
}

func library(_ name: String, pkgConfig: String, debian: String) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "crumbgate",
    products: [
        .executable(name: "crumbgate", targets: ["crumbgate"]),
        .executable(name: "demo-shop", targets: ["DemoShop"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    ],
    targets: [
        // C libraries and shims.
        .target(
            name: "COpenSSL", path: "Sources/C/COpenSSL",
            cSettings: [.define("OPENSSL_SUPPRESS_DEPRECATED")],
            linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "CTLS", path: "Sources/C/CTLS",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(
            name: "CHTTP2", path: "Sources/C/CHTTP2",
            linkerSettings: [.linkedLibrary("nghttp2")]),
        .target(name: "CLinux", path: "Sources/C/CLinux"),
        .target(name: "CBytes", path: "Sources/C/CBytes"),
        .target(name: "CDoubt", path: "Sources/C/CDoubt"),
        .target(name: "CKnownServices", path: "Sources/C/CKnownServices"),
        .target(name: "CTrafficLists", path: "Sources/C/CTrafficLists"),
        .target(
            name: "CScan", path: "Sources/C/CScan",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        // Not C but what runs in browsers, put into the binary.
        .target(
            name: "CBrowser", path: "Sources/Browser",
            exclude: [
                "banner.css", "rules.js", "consent.js", "markup.js", "guard.js", "activation.js", "signals.js",
                "banner.js", "start.js", "consent-mode.js", "no-consent-mode.js", "logo.css", "places.css",
                "settings.css", "settings.js", "types.d.ts",
                "tsconfig.json",
            ]),
        library("CMaxMindDB", pkgConfig: "libmaxminddb", debian: "libmaxminddb-dev"),
        library("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
        library("CBrotli", pkgConfig: "libbrotlienc libbrotlidec", debian: "libbrotli-dev"),
        library("CPublicSuffix", pkgConfig: "libpsl", debian: "libpsl-dev"),

        // The pure core: bytes and facts in, actions out.
        pure("Bytes", ["CBytes"]),
        pure("HTTPWire", ["Bytes", "CBytes"]),
        tests("Bytes", ["Bytes"]),
        tests("HTTPWire", ["HTTPWire", "Bytes"]),
        pure("Cookies", ["Bytes"]),
        pure("HTMLRewriting", ["Bytes", "CDoubt"]),
        pure("ContentCoding", ["Bytes", "CZlib", "CBrotli"]),
        tests("ContentCoding", ["ContentCoding", "Bytes"]),
        pure("PublicSuffix", ["Bytes", "CPublicSuffix"]),
        pure("Consent", ["Bytes", "Cookies", "COpenSSL"]),
        pure("Location", ["Bytes", "CMaxMindDB"]),
        pure("TLS", ["Bytes", "CTLS"]),
        pure("HTTP2", ["Bytes", "HTTPWire", "CHTTP2"]),
        tests("HTTP2", ["HTTP2", "Bytes", "HTTPWire"]),
        pure(
            "Rules",
            [
                "Bytes", "Cookies", "Consent", "HTMLRewriting", "Location", "Measurement", "PublicSuffix", "TLS",
                "CKnownServices", "Yams",
            ]),
        pure("Measurement", ["Bytes", "Location", "CTrafficLists", "Yams"]),
        pure(
            "Gateway",
            [
                "Bytes", "HTTPWire", "Cookies", "Consent", "HTMLRewriting", "ContentCoding", "Rules", "Location",
                "Measurement", "PublicSuffix", "CBrowser",
            ]),

        tests("Cookies", ["Cookies", "Bytes"]),
        tests("PublicSuffix", ["PublicSuffix"]),
        tests(
            "Gateway",
            ["Gateway", "Bytes", "HTTPWire", "Consent", "ContentCoding", "Location", "Measurement", "Rules"]),
        tests("Consent", ["Consent", "Cookies", "Bytes"]),
        tests("Rules", ["Rules", "Bytes", "Consent", "Cookies", "Location", "TLS"]),
        tests("HTMLRewriting", ["HTMLRewriting", "Bytes", "CDoubt"]),
        tests("Location", ["Location", "Bytes"]),
        tests("Store", ["Store", "Consent", "Bytes", "Measurement", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("Reports", ["Reports", "Store", "Consent", "Bytes", "Measurement"]),
        tests("Measurement", ["Measurement", "Location", "Bytes"]),

        // The shells.
        pure(
            "Transport",
            [
                "Bytes", "HTTPWire", "HTTP2", "Gateway", "Rules", "Location", "Measurement", "TLS", "CLinux", logging,
            ]),
        pure(
            "Store", ["Measurement", "Location", "Consent", .product(name: "GRDB", package: "GRDB.swift")]),
        pure("Reports", ["Store", "Consent", "Measurement", "Bytes"]),
        pure(
            "Console",
            [
                "Reports", "Store", "Measurement", "COpenSSL",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"), logging,
            ]),
        tests("Console", ["Console", "Store"]),
        pure("LogImport", ["Bytes", "ContentCoding", "Location", "Measurement"]),
        tests("LogImport", ["LogImport", "Bytes", "Location", "Measurement"]),
        pure("Doctor", ["Rules", "TLS", "Transport"]),
        tests("Doctor", ["Doctor", "Rules", "TLS", "Transport"]),
        pure("Scan", ["Rules", "Consent", "Cookies", "Bytes", "PublicSuffix", "CScan"]),
        tests("Scan", ["Scan", "Rules", "Consent"]),
        .executableTarget(
            name: "crumbgate",
            dependencies: [
                "Transport", "Gateway", "Store", "Reports", "Console", "Scan", "Doctor", "LogImport", "Rules",
                "Consent",
                "Location",
                "Measurement",
                "Bytes",
                "TLS",
                "CLinux", argumentParser, logging,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "DemoShop",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                argumentParser,
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
