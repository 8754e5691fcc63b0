import CLinux
import Glibc

/// The program that started this one and wants to know how it is doing, where it said so (sd_notify(3)).
enum ServiceManager {
    /// Says something like `READY=1`; a service manager that does not listen costs nothing.
    static func tell(_ state: String) {
        // The text belongs to the environment, which nothing changes; the call reads it and the state.
        guard let path = unsafe getenv("NOTIFY_SOCKET") else { return }
        _ = unsafe crumbgate_notify(path, state)
    }
}
