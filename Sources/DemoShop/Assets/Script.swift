extension Asset {
    /// The shop's own script: the cart's count, and the preference cookies it keeps in step with the page.
    static let script = """
        (() => {
          'use strict';
          const cookie = (name) => document.cookie.split('; ').find((pair) => pair.startsWith(name + '='))?.split('=')[1];
          const count = document.getElementById('cart-count');
          if (count) {
            fetch('/fragments/cart', { headers: { 'X-Requested-With': 'fetch' } })
              .then((response) => response.ok ? response.text() : '')
              .then((html) => { if (html) count.innerHTML = html; })
              .catch(() => {});
          }
          if (!cookie('shop_theme') && matchMedia('(prefers-color-scheme: dark)').matches) {
            document.documentElement.dataset.theme = 'dark';
            document.cookie = 'shop_theme=dark; Path=/; Max-Age=31536000; SameSite=Lax';
          }
          document.addEventListener('submit', (event) => {
            const button = event.submitter;
            if (button) setTimeout(() => { button.disabled = true; });
          });
        })();

        """
}
