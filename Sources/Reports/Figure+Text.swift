extension Figure {
    /// It for a reader: `12,345`, `25 %`, `4.5`.
    public var text: String { Reports.text(of: self) }
}

extension Day {
    /// `Sat 21 Nov`.
    public var shortName: String { shortText }
}
