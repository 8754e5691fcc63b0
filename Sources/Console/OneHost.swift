import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Adds a second host to the fields of a request whose target is a URL of another host, as the codec drops that host:
/// requests with two are refused.
final class OneHost: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Adds itself where targets are still as they came.
    static func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(OneHost(), position: .before(codec))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), !isOfHost(head.uri, head.headers["host"].first ?? "") else {
            context.fireChannelRead(data)
            return
        }
        head.headers.add(name: "Host", value: "")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
