import ArgumentParser
import Console
import Foundation
import Glibc
import Rules
import Store

/// `crumbgate console`: who may use the operator's console.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Add, list and remove accounts of the operator's console.",
        discussion: """
            What the console shows, and how to reach it, is in docs/console.md.

              crumbgate console add-user ada --role admin --rules shop.yaml
              crumbgate console add-user grace < password.txt
              crumbgate console list-users
            """,
        subcommands: [AddUser.self, ListUsers.self, SetPassword.self, RemoveUser.self])

    /// `crumbgate console add-user`.
    struct AddUser: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an account; its password is asked for.")

        @Argument(help: "The name to log in with: lower-case letters, digits, . _ - @")
        var name: AccountName

        @Option(help: "viewer: sees the page; admin: exports figures and sees the audit log too.")
        var role = Account.Role.viewer

        @OptionGroup var accounts: AccountsSource

        func run() throws {
            let store = try accounts.open()
            guard try store.account(name) == nil else { throw taken(name) }
            let account = Account(
                name: name, role: role, password: try askForPassword().text, revision: freshRevision())
            guard try store.add(account, minute: currentMinute()) else { throw taken(name) }
            print("\(name) may log in now, as \(role.rawValue)")
        }
    }

    /// `crumbgate console list-users`.
    struct ListUsers: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts.")

        @OptionGroup var accounts: AccountsSource

        func run() throws {
            for account in try accounts.open().accounts() { print("\(account.role.rawValue)\t\(account.name)") }
        }
    }

    /// `crumbgate console set-password`.
    struct SetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an account another password; who is logged in with it is logged out.")

        @Argument(help: "The account.")
        var name: AccountName

        @OptionGroup var accounts: AccountsSource

        func run() throws {
            let store = try accounts.open()
            guard try store.account(name) != nil else { throw missing(name) }
            let password = try askForPassword().text
            guard try store.setPassword(password, of: name, revision: freshRevision(), minute: currentMinute())
            else { throw missing(name) }
            print("\(name) has another password now")
        }
    }

    /// `crumbgate console remove-user`.
    struct RemoveUser: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an account; who is logged in with it is logged out.")

        @Argument(help: "The account.")
        var name: AccountName

        @OptionGroup var accounts: AccountsSource

        func run() throws {
            guard try accounts.open().remove(name, minute: currentMinute()) else { throw missing(name) }
            print("\(name) may not log in any more")
        }
    }
}

/// Where the accounts are.
struct AccountsSource: ParsableArguments {
    @Option(help: "The rules file of the proxy.", completion: .file(extensions: ["yaml", "yml"]))
    var rules = "rules/shop.yaml"

    func open() throws -> ConsoleStore {
        let directory = try loadPolicy(rules).stateDirectory
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return try ConsoleStore.open(path: directory + "/" + ConsoleStore.fileName)
    }
}

extension AccountName: ExpressibleByArgument {
    /// Reads a name from the command line.
    public init?(argument: String) { self.init(argument) }
}

extension Account.Role: ExpressibleByArgument {}

private func missing(_ name: AccountName) -> CommandError { CommandError("there is no account '\(name)'") }

private func taken(_ name: AccountName) -> CommandError { CommandError("there is an account '\(name)' already") }

private func currentMinute() -> Int64 { Int64(Date().timeIntervalSince1970) / 60 }

/// Random, so that it says nothing about when and how often an account changed.
private func freshRevision() -> Int64 { Int64.random(in: 1...Int64.max) }

/// Asks for a password, twice at a terminal, and hashes it.
private func askForPassword() throws -> PasswordHash {
    let isTerminal = isatty(STDIN_FILENO) == 1
    guard let password = readSecret("Password (\(PasswordHash.lengths.lowerBound) characters or more): ", isTerminal)
    else { throw CommandError("no password was given") }
    guard PasswordHash.lengths.contains(password.utf8.count) else {
        throw CommandError(
            "a password has \(PasswordHash.lengths.lowerBound) to \(PasswordHash.lengths.upperBound) octets; a few words "
                + "that do not belong together are good ones")
    }
    if isTerminal, readSecret("Once more: ", isTerminal) != password { throw CommandError("the two differ") }
    guard let hash = PasswordHash(password) else { throw CommandError("no memory or no randomness to hash it") }
    return hash
}

/// A line of standard input; a terminal does not show it.
private func readSecret(_ prompt: String, _ isTerminal: Bool) -> String? {
    guard isTerminal else { return readLine() }
    try? FileHandle.standardError.write(contentsOf: Data(prompt.utf8))
    var shown = termios()
    // The structure is valid for the one that the call fills.
    guard unsafe tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    // Both calls read one structure.
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
        try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
    }
    return readLine()
}
