/// What the shop sells: a fixed list, looked up by slug.
enum Catalogue {
    static let products: [Product] = [
        product(
            "harbour-mug", "Harbour mug", .cups, cents: 2400, stock: 42,
            blurb: "A pint of morning",
            story: """
                Wide enough for two hands, heavy enough to stay put on a ferry. The blue comes from cobalt and patience.
                """,
            Picture(shape: .mug, glaze: "#4f86a6", shade: "#2f5d7c", wall: "#dfeaf0")),
        product(
            "meadow-mug", "Meadow mug", .cups, cents: 2400, stock: 31,
            blurb: "Green as May",
            story: """
                The glaze breaks over the rim, so no two are alike. Ours has been through eleven hundred dishwashers.
                """,
            Picture(shape: .mug, glaze: "#8cab6a", shade: "#5f7f45", wall: "#eaf1df")),
        product(
            "brick-mug", "Brick mug", .cups, cents: 2200, stock: 18,
            blurb: "Unglazed outside",
            story: """
                Bare clay outside, clear glaze inside. It warms slowly and lets go slowly.
                """,
            Picture(shape: .mug, glaze: "#c9744f", shade: "#9c5233", wall: "#f6e5da")),
        product(
            "espresso-pair", "Espresso pair", .cups, cents: 2900, stock: 25,
            blurb: "Two small strong cups",
            story: """
                Thick walls keep the crema standing. Sold in twos because nobody should drink alone.
                """,
            Picture(shape: .cup, glaze: "#3d3a3a", shade: "#262424", wall: "#e6e2de")),
        product(
            "snow-cup", "Snow cup", .cups, cents: 1900, stock: 60,
            blurb: "White on white",
            story: """
                A cup without a handle, thin at the lip, for green tea that has stopped being too hot.
                """,
            Picture(shape: .cup, glaze: "#f4f1ea", shade: "#d9d2c4", wall: "#cfdbe0")),
        product(
            "rose-cup", "Rose cup", .cups, cents: 1900, stock: 22,
            blurb: "Blush, not pink",
            story: """
                A copper glaze fired without air. Sometimes it comes out grey; those we keep.
                """,
            Picture(shape: .cup, glaze: "#d9a5a0", shade: "#b67b76", wall: "#f8e9e6")),
        product(
            "one-cup-pot", "Pot for one", .teapots, cents: 4400, stock: 12,
            blurb: "Four decilitres of quiet",
            story: """
                A teapot that does not ask who else is coming.
                """,
            Picture(shape: .teapot, glaze: "#6d8ea0", shade: "#486879", wall: "#e3ecef")),
        product(
            "family-pot", "Family pot", .teapots, cents: 7900, stock: 9,
            blurb: "Six cups, no drip",
            story: """
                The spout was drawn forty-one times. The forty-first does not drip.
                """,
            Picture(shape: .teapot, glaze: "#d8b26a", shade: "#b18a42", wall: "#f8f0dd")),
        product(
            "night-pot", "Night pot", .teapots, cents: 8900, stock: 6,
            blurb: "Black, with a moon",
            story: """
                Iron glaze, matt as slate, with a single white thumbprint on the lid.
                """,
            Picture(shape: .teapot, glaze: "#40434e", shade: "#25272e", wall: "#dcdde2")),
        product(
            "moss-pot", "Moss pot", .teapots, cents: 6900, stock: 11,
            blurb: "For sencha and storms",
            story: """
                Side handle, built-in strainer, and a green that changes with the light.
                """,
            Picture(shape: .teapot, glaze: "#7d9a6b", shade: "#576f48", wall: "#e8efe2")),
        product(
            "dune-plate", "Dune plate", .tableware, cents: 2800, stock: 54,
            blurb: "26 cm, sand",
            story: """
                A plate with a horizon. Stacks flat, fits every dishwasher we could borrow.
                """,
            Picture(shape: .plate, glaze: "#e3cfa9", shade: "#c0a777", wall: "#eef1ee")),
        product(
            "ink-plate", "Ink plate", .tableware, cents: 2800, stock: 37,
            blurb: "26 cm, blue-black",
            story: """
                Makes even potatoes look considered.
                """,
            Picture(shape: .plate, glaze: "#44546a", shade: "#2b394b", wall: "#e4e8ec")),
        product(
            "supper-bowl", "Supper bowl", .tableware, cents: 2600, stock: 48,
            blurb: "Soup, salad, ramen",
            story: """
                The size we fought about longest. Eight decilitres won.
                """,
            Picture(shape: .bowl, glaze: "#cf8a5b", shade: "#a9663a", wall: "#f7eadf")),
        product(
            "porridge-bowl", "Porridge bowl", .tableware, cents: 2100, stock: 70,
            blurb: "A bowl for weekdays",
            story: """
                Straight sides for scraping. Blue band so you know when to stop.
                """,
            Picture(shape: .bowl, glaze: "#e9e4d8", shade: "#6d8ea0", wall: "#dbe6ea")),
        product(
            "salt-bowl", "Salt bowl", .tableware, cents: 1200, stock: 88,
            blurb: "A pinch, in porcelain",
            story: """
                Small, white, always by the stove.
                """,
            Picture(shape: .bowl, glaze: "#f6f3ee", shade: "#d6cfc2", wall: "#d3dccf")),
        product(
            "milk-jug", "Milk jug", .tableware, cents: 3400, stock: 19,
            blurb: "Pours like it should",
            story: """
                A lip folded by thumb. Half a litre.
                """,
            Picture(shape: .jug, glaze: "#f0e6d2", shade: "#c9b88f", wall: "#dfe6dc")),
        product(
            "water-jug", "Water jug", .tableware, cents: 4800, stock: 14,
            blurb: "One and a half litres",
            story: """
                For a table of six and a carafe's worth of opinions.
                """,
            Picture(shape: .jug, glaze: "#7fa7b0", shade: "#56808a", wall: "#e6eff0")),
        product(
            "stem-vase", "Stem vase", .vases, cents: 2300, stock: 33,
            blurb: "For one flower",
            story: """
                A neck the width of a tulip. Weighted, so the cat has to try twice.
                """,
            Picture(shape: .bottle, glaze: "#b9a4c7", shade: "#8f789f", wall: "#f0eaf4")),
        product(
            "meadow-vase", "Meadow vase", .vases, cents: 5600, stock: 10,
            blurb: "For the whole armful",
            story: """
                Throw it all in. The shoulder does the arranging.
                """,
            Picture(shape: .vase, glaze: "#d7c4a3", shade: "#a98f62", wall: "#e7ede4")),
        product(
            "dusk-vase", "Dusk vase", .vases, cents: 6100, stock: 8,
            blurb: "Violet into grey",
            story: """
                Two glazes that met in the kiln and stayed friends.
                """,
            Picture(shape: .vase, glaze: "#8d86a8", shade: "#615b7d", wall: "#eceaf2")),
        product(
            "bud-bottle", "Bud bottle", .vases, cents: 1800, stock: 45,
            blurb: "Thrown from leftovers",
            story: """
                Every one a different height; we choose for you.
                """,
            Picture(shape: .bottle, glaze: "#c98b7a", shade: "#a06553", wall: "#f5e8e3")),
        product(
            "herb-pot", "Herb pot", .vases, cents: 3200, stock: 27,
            blurb: "With saucer and basil",
            story: """
                The pot ships with seeds. The patience is yours.
                """,
            Picture(shape: .plant, glaze: "#cf7f5a", shade: "#a95f3d", wall: "#eef3e6")),
        product(
            "snake-pot", "Shelf pot", .vases, cents: 3600, stock: 16,
            blurb: "A pot and its plant",
            story: """
                Survives north windows, long holidays and good intentions.
                """,
            Picture(shape: .plant, glaze: "#6f8fa0", shade: "#4d6b7b", wall: "#edf1ea")),
        product(
            "first-flush", "First flush Darjeeling", .tea, cents: 1600, stock: 90,
            blurb: "100 g, spring",
            story: """
                Picked in the third week of March, light and a little stubborn.
                """,
            Picture(shape: .tin, glaze: "#cbb26a", shade: "#9d8743", wall: "#f6f1de")),
        product(
            "smoky-pine", "Smoky pine", .tea, cents: 1450, stock: 75,
            blurb: "100 g, lapsang",
            story: """
                Smells like the last day of a holiday.
                """,
            Picture(shape: .tin, glaze: "#6b5b4c", shade: "#463a2f", wall: "#e9e4de")),
        product(
            "garden-mint", "Garden mint", .tea, cents: 980, stock: 120,
            blurb: "60 g, no caffeine",
            story: """
                Grown eleven kilometres from the kiln.
                """,
            Picture(shape: .tin, glaze: "#86ab73", shade: "#5c7a4a", wall: "#ebf3e5")),
        product(
            "evening-rooibos", "Evening rooibos", .tea, cents: 1100, stock: 110,
            blurb: "100 g, vanilla",
            story: """
                For after the washing-up.
                """,
            Picture(shape: .tin, glaze: "#c2664a", shade: "#94452d", wall: "#f8e6df")),
        product(
            "field-notebook", "Field notebook", .paper, cents: 1500, stock: 64,
            blurb: "Dotted, 160 pages",
            story: """
                Lies flat. Takes fountain ink. Survives rucksacks.
                """,
            Picture(shape: .notebook, glaze: "#5f7f6a", shade: "#40594a", wall: "#e6ede8")),
        product(
            "glaze-diary", "Glaze diary", .paper, cents: 1900, stock: 40,
            blurb: "For recipes that work",
            story: """
                Waterproof cover, because it will stand next to water.
                """,
            Picture(shape: .notebook, glaze: "#b86b5e", shade: "#8d4a3f", wall: "#f5e6e3")),
        product(
            "studio-pencils", "Studio pencils", .paper, cents: 900, stock: 150,
            blurb: "Set of three",
            story: """
                Cedar, soft, and marked by depth so you can measure a foot ring.
                """,
            Picture(shape: .pencils, glaze: "#5d7fa0", shade: "#b45b4a", wall: "#eaeef2")),
        product(
            "beeswax-candle", "Beeswax candle", .paper, cents: 1300, stock: 58,
            blurb: "Burns nine hours",
            story: """
                With a dish we throw on Fridays.
                """,
            Picture(shape: .candle, glaze: "#e6c471", shade: "#c39a3e", wall: "#f2eee6")),
    ]

    static func product(_ slug: String) -> Product? { bySlug[slug] }

    static func products(in department: Product.Department) -> [Product] {
        products.filter { $0.department == department }
    }

    /// Products whose name or texts contain every word of the query.
    static func search(_ query: String) -> [Product] {
        let words = query.lowercased().split(separator: " ")
        guard !words.isEmpty else { return [] }
        return products.filter { product in
            let text = "\(product.name) \(product.blurb) \(product.story) \(product.department.title)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    private static let bySlug = Dictionary(uniqueKeysWithValues: products.map { ($0.slug, $0) })

    private static func product(
        _ slug: String, _ name: String, _ department: Product.Department, cents: Int, stock: Int, blurb: String,
        story: String, _ picture: Picture
    ) -> Product {
        Product(
            slug: slug, name: name, department: department, cents: cents, blurb: blurb, story: story, stock: stock,
            picture: picture.svg(title: name))
    }
}
