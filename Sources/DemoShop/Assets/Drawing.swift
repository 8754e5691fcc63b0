/// The shop's larger pictures, as SVG documents.
enum Drawing {
    static let mark = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="9" fill="#2f5d50"/>\
        <path d="M20 34V16m0 9c-5-1-7-4-8-8m8 5c5-1 7-4 8-8" stroke="#fff" stroke-width="3" fill="none"/></svg>
        """

    static let harbour = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 320"><rect width="480" height="320" rx="18" \
        fill="#f3dfc8"/><circle cx="372" cy="92" r="44" fill="#e9a96a"/><path d="M0 210c60-60 120-70 190-40s170 20 290-40v190H0z" \
        fill="#8aa394"/><path d="M0 236h480v66a18 18 0 0 1-18 18H18a18 18 0 0 1-18-18z" fill="#4f7f8c"/>\
        <path d="M20 262h80M140 282h110M300 258h70M330 296h120" stroke="#dfeaf0" stroke-width="4" stroke-linecap="round" \
        opacity=".6"/><path d="M96 236v-74l52-38 52 38v74z" fill="#c9744f"/><path d="M84 170l64-48 64 48" fill="none" \
        stroke="#7d3f28" stroke-width="9" stroke-linecap="round" stroke-linejoin="round"/><rect x="134" y="190" width="30" \
        height="46" rx="15" fill="#5b2f1f"/><path d="M178 130V92h16v50" fill="#9c5233"/><path d="M186 84c-12-14 14-20 \
        2-38s12-20 6-32" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round" opacity=".75"/>\
        <path d="M280 236l14 26h92l18-26z" fill="#2f3f4f"/><path d="M338 232V150l48 74z" fill="#f6f1e7"/><path d="M330 \
        232v-72l-34 66z" fill="#e3cfa9"/></svg>
        """

    /// A wall of tiles, about 100 KB: what a shop's largest picture weighs.
    static let pattern: String = {
        let glazes = ["#4f86a6", "#8cab6a", "#c9744f", "#d8b26a", "#6d8ea0", "#b9a4c7", "#e3cfa9", "#7d9a6b"]
        var tiles = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 680\">"
        for row in 0..<17 {
            for column in 0..<30 {
                let seed = row * 31 + column * 17
                let (x, y) = (column * 40, row * 40)
                tiles +=
                    "<g transform=\"translate(\(x) \(y))\"><rect width=\"39\" height=\"39\" rx=\"4\" fill=\""
                    + glazes[seed % 8] + "\"/><path d=\"M4 \(8 + seed % 23)c10-\(seed % 9) 20 \(seed % 11) 31 "
                    + "\(seed % 7)\" fill=\"none\" stroke=\"#fff\" stroke-width=\"2\" opacity=\".\(3 + seed % 5)\"/></g>\n"
            }
        }
        return tiles + "</svg>\n"
    }()
}
