import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose next request has not arrived as a whole in time, however busy it looks, or whose answer is
/// not taken: slow connections keep nobody out for long.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// From the connection, or the end of the answer before, to the end of a request.
    private static let request: TimeAmount = .seconds(10)
    /// From there to the end of its answer.
    private static let answer: TimeAmount = .seconds(60)

    /// Requests that are there and not answered.
    private var open = 0
    private var deadline: Scheduled<Void>?

    func handlerAdded(context: ChannelHandlerContext) {
        do { try OneHost.add(to: context.pipeline.syncOperations) } catch { context.close(promise: nil) }
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) {
            open += 1
            schedule(context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            open -= 1
            schedule(context)
        }
        context.write(data, promise: promise)
    }

    private func schedule(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: open > 0 ? Self.answer : Self.request) {
            context.close(promise: nil)
        }
    }
}
