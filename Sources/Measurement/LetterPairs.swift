import Bytes

/// How rare pairs of letters are in words, and so whether letters are a word that somebody may have written.
enum LetterPairs {
    /// A row for each first letter, a digit for each second one: 0 for a pair that is common in one of 24 languages of
    /// Europe, 9 for one that no word has. Made by Tests/Tools/letter_pairs.py.
    private static let rarities: StaticString = """
        01003212011000114000112412
        14561655146264269245255847
        07361770022352067221258931
        04430444044332038323234732
        03111212011010424000213221
        24742356155376158343376856
        15640533135352159213255725
        16631776233243178242245947
        02100212101010133000113211
        07540567273244269524156984
        04451663131253059212144926
        04420433013122148512136725
        02541556034223119424256745
        04100303002221056410135613
        32211412121110125001100531
        06451453155254017033266847
        59987999699799799889298999
        03310424022222145221124621
        04140342020232125410134720
        04440442043332048110033512
        23211232122010126101134433
        05661766144362259334359814
        07452875195483259436598815
        37473787397687539774688659
        14132443233323239422332934
        04431744164332138332233913
        """

    /// 0 to 9 for two ASCII letters, in any case.
    static func rarity(_ first: UInt8, _ second: UInt8) -> Int {
        let row = Int((first | 0x20) &- 0x61)
        let column = Int((second | 0x20) &- 0x61)
        return Int(staticBytes(rarities)[row * 27 + column] &- 0x30)
    }

    /// Whether pairs of letters, few or many, are too rare for a word; the limits let through 99.8 words of 100.
    static func isTooRare(_ sum: Int, pairs: Int) -> Bool {
        switch pairs {
        case ..<5: false
        case ..<7: sum * 10 >= 33 * pairs
        case ..<9: sum * 10 >= 24 * pairs
        case ..<11: sum * 10 >= 21 * pairs
        case ..<15: sum * 10 >= 19 * pairs
        default: sum * 10 >= 17 * pairs
        }
    }
}
