"""Sentences of the fictional baselines and requests. They tell of no real State."""

from __future__ import annotations

from typing import Final

NARRATIVES: Final = {
    1: (
        "The working group found no text, no budget line and nobody in charge.",
        "Agencies described the matter as new to them; nothing is written down.",
        "Raised in the consultation by two agencies; neither could show a document.",
    ),
    2: (
        "A circular from several years ago exists; the offices visited did not know it.",
        "One agency has its own practice, kept in paper files by a single officer.",
        "It was started with outside help and stopped when the project ended.",
    ),
    3: (
        "In force at headquarters and in two of five provinces; the others follow next year.",
        "The procedure is written and the larger agency applies it; smaller agencies do not yet.",
        "Records are kept, but the yearly check has not been done since the last change of staff.",
    ),
    4: (
        "Applied in all provinces; the inspection reports of the last two years were seen.",
        "Staffed and funded from the national budget; the working group saw the registers.",
        "All agencies take part, and exceptions are recorded with a reason.",
    ),
    5: (
        "Reviewed every year with published figures, and shared with two neighbours at their request.",
        "Measured each quarter; the last review led to a change in the procedure.",
        "Nationally funded for five years and used to train colleagues of the region.",
    ),
}
NOT_APPLICABLE: Final = "The State does not carry out this activity and its law forbids it."
UNKNOWN: Final = "The agency in charge has not answered yet; the question was sent again."
MINORITY: Final = "The customs service would rate this one level lower: two border posts were not visited."
ROOT_CAUSES: Final = (
    "The mandate is split between two ministries and neither has a budget for it.",
    "Staff change every year and the training is not repeated.",
    "The legal text predates the regional instrument and has not been revised.",
    "Equipment came without maintenance and broke down within two years.",
)
DISMISSAL: Final = "Covered by the police reform that begins this year with national money."

TITLES: Final = {
    "COO": "A commission that can plan, budget and follow up",
    "LEG": "A small-arms law in line with the regional instrument",
    "TRA": "Sound decisions on transfers and checks after delivery",
    "STO": "Safe and secure storage of weapons and ammunition",
    "MAR": "Marking of State-held weapons",
    "REC": "One national register in place of paper files",
    "TRC": "A tracing desk with forensic ballistics",
    "ILL": "Detecting and prosecuting trafficking across the border",
    "COL": "Voluntary surrender with the communities",
    "DIS": "Destruction of surplus and confiscated weapons",
}
NEEDS: Final = {
    "COO": "Two advisers for twelve months to help write the national action plan with its budget, and four workshops "
    "with provincial offices, civil society and women's organisations.",
    "LEG": "Drafting support to revise the law and its three decrees, hearings in each province, and a guide for "
    "prosecutors and judges.",
    "TRA": "An end-user certificate procedure, software to record decisions, and training of forty officers in risk "
    "assessment.",
    "STO": "Refurbishment of storage buildings after a technical survey, locks and lighting, and training of store "
    "keepers in stock-taking and ammunition safety.",
    "MAR": "Two mobile marking machines with spare parts and three years of maintenance, and training of twelve "
    "operators.",
    "REC": "A national register with data entry for five agencies, two servers, and training of twenty record keepers.",
    "TRC": "A comparison microscope and reference collection, a tracing desk of four people, and an exchange with a "
    "laboratory of the region.",
    "ILL": "Joint training of customs, police and prosecutors, detection equipment for six border posts, and a shared "
    "case register.",
    "COL": "Collection points in twelve districts, radio in four languages, and a survey of what people need to feel "
    "safe without a weapon.",
    "DIS": "A cutting line for weapons, transport under guard, verification by observers, and disposal of unsafe "
    "ammunition by specialists.",
}
RESULTS: Final = (
    "By the end of the second year the linked indicators reach their targets; progress is reported every six months by "
    "the commission, with figures for women and men where people are counted."
)
EXISTS: Final = (
    "A working group of five agencies meets each quarter. A first survey of needs was done two years ago with national "
    "staff. Buildings and staff are provided."
)
HELPERS: Final = (
    "A regional organisation supports the wider police reform until the end of next year. Nobody helps in this field "
    "at present."
)
SUSTAINABILITY: Final = (
    "From the third year the national budget carries staff, spare parts and refresher training. Equipment is taken "
    "into the yearly maintenance plan, and instructors are trained before the project ends."
)
BENEFICIARIES: Final = (
    "About 120 officers of five agencies, a third of them women by the end; communities in four border provinces."
)
STRATEGIES: Final = "National security strategy; regional plan of the Eastern and Western Forums on small arms."

OUT_OF_SCOPE: Final = "Left to the second round: the ministry of defence rates its own disposal sites first."

COMMENT_ASKS: Final = "@{name} the narrative speaks of the capital only. What happens at the border posts?"
COMMENT_ANSWERS: Final = (
    "@{name} two of the six posts have the form; the other four write it into a book. I add a list."
)
COMMENT_SETTLED: Final = "The decree that set up the commission was replaced in 2019. Does the level still hold?"
COMMENT_SETTLES: Final = "It does: the law of 2019 says the same in its first article. The text is among the evidence."
COMMENT_WAITS: Final = "@{name} please cite the article before this goes to the commission."
FLAG: Final = "The law is being revised; look at it again before submitting."
FLAG_TRANSFERS: Final = "Wait for the list of the border posts."
LEFT_AS_IS: Final = (
    "The matter was looked at with the agency in charge; the document exists but is not open to the working group.",
    "Both ratings were checked; the difference comes from a project that ended this year.",
)
