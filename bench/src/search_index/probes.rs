//! What a person types, and a message that they then expect to see.

/// What is typed, and what is to be found.
pub const ALL: &[(&str, &str)] = &[
    ("meeting", "The Meeting is at noon"),
    ("meet", "Our meeting moved"),
    ("me", "Our meeting moved again"),
    ("eeti", "no meetings today"),
    ("cafe", "the Café opposite"),
    ("cities", "a city by the sea"),
    ("\"at noon\"", "we leave at noon"),
    ("v2.1", "release v2.1 is out"),
    ("report", "see annualreport_final.pdf"),
    ("елка", "Ёлка уже во дворе"),
    ("ЕЩЁ", "приходи еще"),
    ("кошками", "рыжая кошка спит"),
    ("договор", "мы договорились"),
    ("говор", "поговорим завтра"),
    ("что-нибудь", "купи что-нибудь вкусное"),
    ("отпуск", "планы на отпуск: море"),
    ("北京", "我们明天去北京大学"),
    ("京", "我在北京等你"),
    ("ラーメン", "明日ラーメンを食べよう"),
    ("👍", "Договорились 👍🏽"),
];
