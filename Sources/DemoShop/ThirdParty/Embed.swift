/// Documents shown in frames on the shop's pages.
enum Embed {
    static let video = """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Video</title><style>body{margin:0;background:#111;\
        color:#fff;display:grid;place-items:center;height:100vh;font:16px system-ui}button{font-size:2rem;border:0;\
        border-radius:50%;width:5rem;height:5rem}</style></head><body><button aria-label="Play">▶</button>\
        <script>document.cookie = 'vid_player=1; Path=/; Max-Age=15552000';</script></body></html>

        """

    static let map = """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Map</title><style>body{margin:0}svg{width:100vw;\
        height:100vh}</style></head><body><svg viewBox="0 0 640 320"><rect width="640" height="320" fill="#e6ede3"/>\
        <path d="M0 230c90-30 190 40 320 10s220-40 320 0v80H0z" fill="#a9c7d2"/><path d="M0 90h640M120 0v240M330 0v250M520 \
        0v240M0 180h640" stroke="#fff" stroke-width="12"/><circle cx="330" cy="180" r="14" fill="#b45f3c"/></svg>\
        </body></html>

        """
}
