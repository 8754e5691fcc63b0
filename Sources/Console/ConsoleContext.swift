import Hummingbird

/// What is known of a request besides its fields: nothing of who asks, as that is always this machine.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}
