/// What the shop remembers of one session.
struct Visit: Sendable {
    var email: String?
    /// Slug and quantity of each product, in the order they were put in.
    var cart: [CartLine] = []
    var address: Address?
    var orders: [Order] = []

    var itemCount: Int { cart.reduce(0) { $0 + $1.quantity } }
    var cents: Int { cart.reduce(0) { $0 + $1.cents } }

    /// Puts a product into the cart, changes its quantity, or takes it out when there are none left.
    mutating func setQuantity(of slug: String, to quantity: Int) {
        guard let product = Catalogue.product(slug) else { return }
        let quantity = min(max(quantity, 0), min(product.stock, 99))
        if let index = cart.firstIndex(where: { $0.product.slug == slug }) {
            cart[index].quantity = quantity
            if quantity == 0 { cart.remove(at: index) }
        } else if quantity > 0 {
            cart.append(CartLine(product: product, quantity: quantity))
        }
    }

    func quantity(of slug: String) -> Int { cart.first { $0.product.slug == slug }?.quantity ?? 0 }

    /// Turns the cart into an order; nil when there is nothing to order or nowhere to send it.
    mutating func placeOrder(number: Int, payment: String) -> Order? {
        guard !cart.isEmpty, let address else { return nil }
        let order = Order(number: number, lines: cart, address: address, payment: payment)
        orders.append(order)
        cart = []
        return order
    }
}

struct CartLine: Sendable {
    let product: Product
    var quantity: Int
    var cents: Int { product.cents * quantity }
}

struct Address: Sendable {
    let name: String
    let street: String
    let town: String
    let country: String
}

struct Order: Sendable {
    let number: Int
    let lines: [CartLine]
    let address: Address
    let payment: String
    var cents: Int { lines.reduce(0) { $0 + $1.cents } }
}
