import Bytes
import Hummingbird
import Location
import NIOCore

/// What is known of a request besides its fields.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who asks, for the limit on logins: nothing finer is kept.
    let network: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        let text = Array((source.channel.remoteAddress?.ipAddress ?? "").utf8)
        network = ClientAddress(parsing: text.rawSpan)?.truncated(to: .fine).description ?? "unknown"
    }
}
