/// The drawing of a product as inline SVG: a shape, its glaze and the wall behind it.
struct Picture: Sendable {
    let shape: Shape
    let glaze: String
    let shade: String
    let wall: String

    enum Shape: Sendable {
        case mug, cup, teapot, plate, bowl, jug, vase, bottle, plant, tin, notebook, pencils, candle
    }

    func svg(title: String) -> String {
        """
        <svg class="picture" viewBox="0 0 160 160" role="img" aria-label="\(title)">\
        <rect width="160" height="160" rx="14" fill="\(wall)"/>\
        <ellipse cx="80" cy="128" rx="52" ry="8" fill="#000" opacity=".12"/>\(drawing)</svg>
        """
    }

    private var drawing: String {
        switch shape {
        case .mug:
            """
            <path d="M108 64h12c12 0 16 10 14 21-2 12-12 18-27 18" fill="none" stroke="\(shade)" stroke-width="9" \
            stroke-linecap="round"/><path d="M46 52h64l-4 66c0 6-6 10-12 10H62c-6 0-12-4-12-10z" fill="\(glaze)"/>\
            <path d="M46 52h64l-1 18c-22 7-42-6-62 2z" fill="\(shade)"/>\
            <ellipse cx="78" cy="52" rx="32" ry="7" fill="\(shade)"/><ellipse cx="78" cy="53" rx="26" ry="4.5" \
            fill="#3b2418"/><path d="M66 40c-5-8 6-11 1-20M84 40c-5-8 6-11 1-20" fill="none" stroke="#fff" \
            stroke-width="3" stroke-linecap="round" opacity=".7"/>
            """
        case .cup:
            """
            <path d="M44 62h72c0 36-14 62-36 62S44 98 44 62z" fill="\(glaze)"/><path d="M44 62h72c0 8-1 15-3 22-20 \
            9-44-8-66 1-2-7-3-15-3-23z" fill="\(shade)"/><ellipse cx="80" cy="62" rx="36" ry="8" fill="\(shade)"/>\
            <ellipse cx="80" cy="63" rx="29" ry="5" fill="#7a9a4b"/><rect x="66" y="120" width="28" height="8" rx="3" \
            fill="\(shade)"/>
            """
        case .teapot:
            """
            <path d="M112 84c16-4 14-24 30-26l4 8c-14 4-12 28-30 34z" fill="\(shade)"/><path d="M50 74c-24-14-36 \
            4-30 20 4 12 16 16 28 14" fill="none" stroke="\(shade)" stroke-width="8" stroke-linecap="round"/>\
            <path d="M42 88c0-22 18-34 40-34s40 12 40 34c0 26-16 40-40 40S42 114 42 88z" fill="\(glaze)"/>\
            <path d="M56 60c8-8 44-8 52 0-12 6-40 6-52 0z" fill="\(shade)"/><circle cx="82" cy="48" r="7" \
            fill="\(shade)"/><path d="M54 84c2-10 8-16 18-18" fill="none" stroke="#fff" stroke-width="4" \
            stroke-linecap="round" opacity=".45"/>
            """
        case .plate:
            """
            <ellipse cx="80" cy="96" rx="60" ry="30" fill="\(shade)"/><ellipse cx="80" cy="92" rx="60" ry="30" \
            fill="\(glaze)"/><ellipse cx="80" cy="92" rx="40" ry="18" fill="none" stroke="\(shade)" \
            stroke-width="3"/><ellipse cx="80" cy="93" rx="34" ry="14" fill="#fff" opacity=".18"/>\
            <path d="M30 86c8-12 24-18 40-20" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" \
            opacity=".5"/>
            """
        case .bowl:
            """
            <path d="M28 70h104c-2 34-22 54-52 54S30 104 28 70z" fill="\(glaze)"/><path d="M30 84c18 10 34-6 52 \
            0s34 8 48 0c-1 6-3 11-5 16-24 8-66 8-90 0-2-5-4-10-5-16z" fill="\(shade)" opacity=".7"/>\
            <ellipse cx="80" cy="70" rx="52" ry="12" fill="\(shade)"/><ellipse cx="80" cy="72" rx="44" ry="8" \
            fill="#fff" opacity=".3"/><rect x="62" y="121" width="36" height="7" rx="3" fill="\(shade)"/>
            """
        case .jug:
            """
            <path d="M104 56c22-6 28 10 22 26-4 12-14 20-26 22" fill="none" stroke="\(shade)" stroke-width="8" \
            stroke-linecap="round"/><path d="M58 38l-14 6 12 10c4 14-12 26-12 46 0 18 14 28 34 28s34-10 \
            34-28c0-22-14-30-10-62z" fill="\(glaze)"/><path d="M45 96c20 10 44-8 66 2 0 20-14 30-33 30s-33-10-33-32z" \
            fill="\(shade)"/><path d="M60 62c-4 10-6 16-7 24" fill="none" stroke="#fff" stroke-width="4" \
            stroke-linecap="round" opacity=".5"/>
            """
        case .vase:
            """
            <path d="M82 54C78 38 84 26 92 14M78 54C74 40 66 34 58 28" fill="none" stroke="#5c7a4a" \
            stroke-width="3"/><circle cx="94" cy="14" r="9" fill="#e9b44c"/><circle cx="56" cy="27" r="8" \
            fill="#d96c6c"/><path d="M66 52h28c-4 14 18 24 18 46 0 18-12 30-32 30s-32-12-32-30c0-22 22-32 18-46z" \
            fill="\(glaze)"/><path d="M50 88c16 8 42-8 60 2 4 10 2 20-4 28-6 6-14 10-26 10-22 0-36-18-30-40z" \
            fill="\(shade)"/><ellipse cx="80" cy="52" rx="15" ry="4" fill="\(shade)"/>
            """
        case .bottle:
            """
            <path d="M80 48C82 30 74 24 80 8" fill="none" stroke="#5c7a4a" stroke-width="3"/><path d="M80 26c10-8 \
            18-4 18-4s-6 10-18 8zM79 18c-10-6-17-2-17-2s6 9 17 6z" fill="#7f9c5f"/><path d="M72 46h16v22c0 8 18 12 \
            18 30v22c0 5-4 8-8 8H62c-4 0-8-3-8-8V98c0-18 18-22 18-30z" fill="\(glaze)"/><path d="M54 100h52v20c0 \
            5-4 8-8 8H62c-4 0-8-3-8-8z" fill="\(shade)"/><ellipse cx="80" cy="46" rx="9" ry="3" fill="\(shade)"/>
            """
        case .plant:
            """
            <path d="M80 84C60 70 46 50 40 28c20 6 34 24 40 44 2-22 10-42 30-54 2 26-8 50-28 66z" \
            fill="#6f9460"/><path d="M80 86C70 60 74 34 82 14c12 22 10 50 0 72zM78 88c-18-2-36-10-46-26 20-4 38 6 48 \
            22zM82 88c16-2 36-8 46-24-20-4-38 4-48 20z" fill="#86ab73"/><path d="M50 86h60l-8 38c0 3-3 4-6 \
            4H64c-3 0-6-1-6-4z" fill="\(glaze)"/><rect x="46" y="80" width="68" height="14" rx="5" fill="\(shade)"/>
            """
        case .tin:
            """
            <rect x="48" y="44" width="64" height="84" rx="6" fill="\(glaze)"/><rect x="44" y="36" width="72" \
            height="18" rx="6" fill="\(shade)"/><rect x="56" y="68" width="48" height="40" rx="4" fill="#fff" \
            opacity=".88"/><path d="M80 100c-14-6-14-18 0-26 14 8 14 20 0 26zm0 0V82" fill="#86ab73" \
            stroke="#5c7a4a" stroke-width="2"/><path d="M54 60v62" stroke="#fff" stroke-width="3" opacity=".4"/>
            """
        case .notebook:
            """
            <rect x="42" y="30" width="80" height="98" rx="5" fill="#fff"/><rect x="38" y="28" width="80" \
            height="98" rx="5" fill="\(glaze)"/><rect x="38" y="28" width="16" height="98" rx="5" fill="\(shade)"/>\
            <rect x="66" y="48" width="40" height="24" rx="3" fill="#fff" opacity=".85"/><path d="M72 57h28M72 \
            64h18" stroke="\(shade)" stroke-width="2.5"/><path d="M104 28v104l6-6 6 6V28z" fill="#c44f4f"/>
            """
        case .pencils:
            """
            <path d="M56 26l6-14 6 14v60H56z" fill="\(glaze)"/><path d="M74 22l6-14 6 14v64H74z" fill="\(shade)"/>\
            <path d="M92 28l6-14 6 14v58H92z" fill="#e9b44c"/><path d="M59 19l3-7 3 7zM77 15l3-7 3 7zM95 21l3-7 3 \
            7z" fill="#333"/><path d="M48 70h64l-6 54c0 3-3 4-6 4H60c-3 0-6-1-6-4z" fill="#e8dccb"/><path d="M48 \
            70h64l-2 14c-20 6-42-4-60 2z" fill="#cdbca3"/>
            """
        case .candle:
            """
            <path d="M80 20c10 12 10 22 0 26-10-4-10-14 0-26z" fill="#f2a541"/><path d="M80 30c5 6 5 12 0 14-5-2-5-8 \
            0-14z" fill="#fff3c4"/><path d="M80 46v12" stroke="#333" stroke-width="3"/><path d="M62 56h36v50H62z" \
            fill="\(glaze)"/><path d="M62 56h36v8c-6 10-8-2-14 4s-8 6-12 0-6 6-10 2z" fill="#fff" opacity=".5"/>\
            <ellipse cx="80" cy="112" rx="42" ry="14" fill="\(shade)"/><ellipse cx="80" cy="108" rx="42" ry="12" \
            fill="\(glaze)"/><rect x="62" y="80" width="36" height="28" fill="\(glaze)"/>
            """
        }
    }
}
