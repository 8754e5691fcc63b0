import Consent

/// The categories that a site has unless its operator changes them.
var shippedCategories: [CategoryDraft] {
    ShippedCategory.allCases.map {
        CategoryDraft(id: $0.id, isRequired: $0.isRequired, name: $0.name, purpose: $0.purpose)
    }
}

extension CategoryDraft {
    /// The category as visitors are asked about it: its vendors are those of its cookies and hosts too.
    func compiled(defaultLanguage: String) -> Category {
        func texts(_ texts: [String: String]) -> [String: String] {
            var texts = texts
            if let text = texts.removeValue(forKey: "") { texts[defaultLanguage] = texts[defaultLanguage] ?? text }
            return texts
        }
        var all: [String] = []
        for vendor in vendors + cookies.compactMap(\.vendor) + hosts.compactMap(\.vendor) where !all.contains(vendor) {
            all.append(vendor)
        }
        return Category(
            id: id, isRequired: isRequired, name: texts(name), purpose: texts(purpose), vendors: all)
    }
}
