extension Policy {
    /// The same rules with one more listener, which speaks TLS with one certificate.
    public func listening(alsoOn host: String, port: UInt16, with files: CertificateFiles) -> Policy {
        let listener = Listener(host: host, port: port, tls: ListenerTLS(certificates: [files]))
        return Policy(
            sourceFile: sourceFile, sites: sites, listeners: listeners + [listener], limits: limits,
            timeouts: timeouts, trustedProxies: trustedProxies, stateDirectory: stateDirectory,
            memoryDirectory: memoryDirectory, consentSecretFile: consentSecretFile, location: location,
            lists: lists, workers: workers, user: user, log: log, connectAnswer: connectAnswer,
            traceAnswer: traceAnswer,
            console: console, warnings: warnings)
    }
}
