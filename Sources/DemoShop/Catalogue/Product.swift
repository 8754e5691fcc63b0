/// One thing the shop sells.
struct Product: Sendable {
    let slug: String
    let name: String
    let department: Department
    /// Price in euro cents.
    let cents: Int
    let blurb: String
    let story: String
    let stock: Int
    let picture: String

    /// Parts of the shop, in the order of its navigation.
    enum Department: String, CaseIterable, Sendable {
        case cups, teapots, tableware, vases, tea, paper

        var title: String {
            switch self {
            case .cups: "Cups & mugs"
            case .teapots: "Teapots"
            case .tableware: "Tableware"
            case .vases: "Vases & plants"
            case .tea: "Tea"
            case .paper: "Paper goods"
            }
        }

        var line: String {
            switch self {
            case .cups: "Thrown by hand, glazed in small batches, made to be held."
            case .teapots: "One spout that does not drip. That took us four years."
            case .tableware: "Plates and bowls that stack, survive the dishwasher and look better chipped."
            case .vases: "For one stem or for the whole meadow."
            case .tea: "Whole leaf, this year's harvest, in tins you will keep."
            case .paper: "Notebooks, pencils and candles for long evenings."
            }
        }
    }
}
