import ArgumentParser

/// The program: a reverse proxy that asks for cookie consent, enforces the answer and counts visits anonymously.
@main
struct Crumbgate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crumbgate",
        abstract: "A reverse proxy that asks for cookie consent, enforces the answer and counts visits anonymously.",
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, DemoCommand.self, CheckCommand.self, DoctorCommand.self, HealthCommand.self,
            ScanCommand.self,
            ExplainCommand.self,
            ReportCommand.self, RetentionCommand.self, ImportCommand.self, PlaceCommand.self, ReceiptsCommand.self,
            PolicyCommand.self,
            ConsoleCommand.self,
        ])
}
