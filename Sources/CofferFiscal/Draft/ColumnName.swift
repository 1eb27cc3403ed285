import CofferModel

/// The words of a column's name, and what they suggest about its content.
struct ColumnName {
    /// The words, in lower case.
    let words: [String]

    /// Splits a name at characters that are neither letters nor digits, and before capital letters: `unitName` has two
    /// words.
    init(_ name: String) {
        var words: [String] = []
        var word = ""
        var wasLower = false
        // No language uses more marks on a letter; longer runs would be reordered in each comparison.
        for character in CombiningMarks.cut(name, to: 2).prefix(Self.length) {
            if !character.isLetter && !character.isNumber || character.isUppercase && wasLower {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if character.isLetter || character.isNumber { word += character.lowercased() }
            wasLower = character.isLowercase
        }
        if !word.isEmpty { words.append(word) }
        self.words = words
    }

    /// The name in a model: the words joined with `_`.
    var key: String { words.isEmpty ? "column" : words.joined(separator: "_") }

    var isLabel: Bool { words.contains(where: Self.labelWords.contains) }
    var isCode: Bool {
        words.indices.contains { index in
            Self.codeWords.contains(words[index])
                || Self.numberWords.contains(words[index]) && !countsWhatFollows(index)
        }
    }

    /// Whether the column counts something other than money.
    var isCount: Bool {
        words.contains(where: Self.countWords.contains)
            || words.indices.contains { Self.numberWords.contains(words[$0]) && countsWhatFollows($0) }
    }
    var isTime: Bool { words.contains(where: Self.timeWords.contains) }
    var isPlace: Bool { words.contains(where: Self.placeWords.contains) }
    var isAmount: Bool { words.contains(where: Self.amountWords.contains) }

    /// Whether "number" starts a phrase such as "number of days".
    private func countsWhatFollows(_ index: Int) -> Bool {
        index + 1 < words.count && ["of", "der", "von", "de", "des", "di"].contains(words[index + 1])
    }

    /// The subject of the column: its words without those for codes, labels and, for a label, its language.
    var stem: [String] {
        let stem = words.filter {
            !Self.labelWords.contains($0) && !Self.codeWords.contains($0) && !Self.numberWords.contains($0)
        }
        guard isLabel, let last = stem.last, Self.languages.contains(last) else { return stem }
        return stem.dropLast()
    }

    /// Whether the name suggests codes that must be kept as text.
    var isTextCode: Bool {
        isCode || ["func", "cofog", "admin", "econ"].contains { words.first?.hasPrefix($0) == true }
    }

    /// The number of characters of a name to use.
    private static let length = 200

    // English, German, French, Spanish, Portuguese, Italian, Dutch.
    private static let labelWords: Set<String> = [
        "label", "name", "title", "description", "desc", "text", "bezeichnung", "titel", "beschreibung", "libelle",
        "libellé", "nom", "intitule", "intitulé", "nombre", "descripcion", "descripción", "denominacion",
        "denominación",
        "nome", "descricao", "descrição", "designacao", "designação", "descrizione", "denominazione", "naam",
        "omschrijving",
    ]
    private static let codeWords: Set<String> = [
        "code", "codes", "id", "key", "kode", "codigo", "código", "codice", "cod",
        "postcode", "zip", "plz",
    ]
    private static let numberWords: Set<String> = [
        "no", "nr", "num", "number", "nummer", "numero", "número", "numéro", "nombre",
    ]
    private static let timeWords: Set<String> = [
        "year", "jahr", "année", "annee", "año", "ano", "anno", "jaar", "month", "monat", "mois", "mes", "mese",
        "maand",
        "quarter", "quartal", "trimestre", "week", "woche", "semaine", "semana", "day", "tag", "jour", "dia", "día",
    ]
    private static let placeWords: Set<String> = [
        "latitude", "longitude", "lat", "lon", "lng", "long", "easting", "northing",
    ]
    private static let countWords: Set<String> = [
        "count", "days", "tage", "jours", "hours", "population", "inhabitants", "einwohner", "employees", "staff",
        "headcount", "fte", "quantity", "qty", "anzahl", "cantidad", "quantité", "percent", "percentage", "pct", "rate",
        "ratio", "share", "index", "rank", "order", "row", "line", "page", "footnote", "footnotes", "fußnote", "note",
        "notes", "version", "age", "level", "phone", "telephone", "fax",
    ]
    private static let amountWords: Set<String> = [
        "amount", "betrag", "summe", "sum", "total", "montant", "importe", "monto", "valor", "value", "wert", "importo",
        "bedrag", "budget", "cost", "costs", "price", "expenditure", "expenses", "revenue", "spending",
    ]
    private static let languages: Set<String> = ["en", "de", "fr", "es", "pt", "it", "nl"]
}
