"""Norfolk's findings of 2017: every fact of the report is there, under its heading and in the project's own words."""

import re
from pathlib import Path

import pytest
from shared_folder import shared

FINDINGS = Path(__file__).resolve().parents[1] / "data" / "findings" / "2017" / "norfolk.md"
RISK, OVERVIEW = "Risk-based inspection", "Effectiveness overview"
VULNERABLE = "Protecting vulnerable people and supporting victims"
SPECIALIST = "Specialist capabilities"
HEADINGS = [
    (RISK, ""),
    (OVERVIEW, "Summary"),
    (VULNERABLE, "Identifying vulnerability"),
    (VULNERABLE, "Initial response"),
    (VULNERABLE, "Mental health"),
    (VULNERABLE, "Investigating crimes involving vulnerable people"),
    (VULNERABLE, "Partnership working"),
    (SPECIALIST, "National policing responsibilities"),
    (SPECIALIST, "Firearms capability"),
]
FACTS = {
    (RISK, ""): [
        r"interim programme based on risk.*danger to the public is greatest",
        r"not inspected on every part.*in every year",
        r"Norfolk Constabulary in 2017 on two areas: protecting vulnerable people, and specialist capabilities",
        r"judgment of 2016 still stands",
        r"watching the areas for improvement.*later reports",
    ],
    (OVERVIEW, "Summary"): [
        r"good at reducing crime and keeping people safe",
        r"one effectiveness inspection after another.*high quality",
        r"evidence for the overall judgment dates from 2016.*looked at again after the latest inspection",
        r"age, disability, repeated offences.*high risk of abuse",
        r"recognising vulnerable people when they first get in touch.*initial response is good",
        r"clear processes for assessing the risk to victims",
        r"domestic abuse arrests per 100 offences to be high.*keep victims from harm",
        r"mental health conditions.*better still",
        r"local authorities and health and education services.*impressively high standard",
        r"vulnerable victims are mostly carried out well",
        r"domestic abuse investigations are comparable with those of other forces",
        r"national policing responsibilities.*first response to an attack that calls for armed officers",
    ],
    (VULNERABLE, "Identifying vulnerability"): [
        r"strategy on vulnerability.*making this known to all its officers and staff",
        r"For some time.*College of Policing,\[\^3\].*satisfactorily",
        r"joint performance and analysis department.*Suffolk Constabulary.*strategic profiles",
        r"close relationships with its partners.*data that they hold.*county and beyond",
        r"'hidden' harm\. Officers on drugs operations.*forced labour or sexual exploitation",
        r"profiles tell the force more.*find ways to protect them",
        r"structured method called THRIVE,\[\^4\]",
        r"computer system in the control room.*called before.*suffered domestic abuse repeatedly",
        r"mental health condition, they tell the mental health advice team in the control room.*early stage",
    ],
    (VULNERABLE, "Initial response"): [
        r"are or were intimate partners.*DASH risk assessment\[\^5\].*face to face.*professional judgment",
        r"referrals for adults and children",
        r"officer's own supervisor first checks the quality",
        r"\(MASH\)\[\^6\].*second assessment of every high-risk and medium-risk case.*Operation Encompass\.\[\^7\]",
        r"frontline officers did not all understand.*DASH.*outside the criteria.*extra paperwork",
        r"Arrests are not matched to offences.*before other forms of action",
        r"together with other measures",
        r"arrests per 100 offences to be high compared with that of England and Wales",
        r"voluntary attendance\[\^11\] was lower",
        r"body-worn video cameras to all its frontline officers.*by the end of 2017",
        r"only a few officers had one.*valuable the cameras are.*helping investigation teams",
        r"immediate safeguarding steps.*properly",
        r"local early help hubs.*in each district.*practical support and guidance",
    ],
    (VULNERABLE, "Mental health"): [
        r"every contact.*on one single day.*analysing this further",
        r"Control room staff.*act at once.*immediate advice and guidance",
        r"triage scheme.*five mental health nurses.*control room.*local health partners pay for it together",
        r"local mental health records.*contacts with other agencies",
        r"8am to 10pm on Monday to Friday and from 9am to 5pm at weekends",
        r"only the mental health crisis team.*lengthening the hours",
        r"reviews every call.*advises call handlers and the first officers at the scene",
        r"planned visits to assess people.*victims",
        r"Suffolk Constabulary, has reviewed.*Better Policing Collaborative\[\^12\] has evaluated",
        r"exchange of information.*Decisions were quicker.*more fitting",
        r"yearly personal safety course.*College of Policing's online training package",
        r"New recruits have one day of training face to face, given by nurses.*spend time with the team",
    ],
    (VULNERABLE, "Investigating crimes involving vulnerable people"): [
        r"satisfactorily\. Both specialist and other units",
        r"could manage their workloads.*wellbeing",
        r"not completed the national training courses.*little guidance of its own.*accredited nationally",
        r"little sign.*plans of action.*overseeing investigations effectively",
        r"Fewer than half.*supervised as they should be, although most.*effective overall",
        r"similar to other forces.*charges per 100 offences of domestic abuse was slightly higher",
        r"backlog: some crimes were waiting to be given to an officer.*others to be closed",
        r"joint investigation management unit, run with Suffolk.*triage.*alert the right safeguarding teams",
        r"no evidence that risk was being missed.*could delay.*examines the backlog every day",
        r"increase the staff of the unit.*training further supervisors",
        r"\(DVPNs\)\[\^13\] for high-risk cases only\. That is unchanged since the 2016 inspection",
        r"national evaluation.*has not analysed how effective they are",
        r"medium or standard risk might be exposed to harm",
        r"Clare's Law.*many more disclosures under the 'right to know'\.\[\^14\]",
        r"rate of disclosure for each 100,000 people to be high",
        r"takes a long time to pass the information on.*not properly safeguarded as early",
    ],
    (VULNERABLE, "Partnership working"): [
        r"MASH has robust processes and works very effectively.*charities",
        r"meets every morning.*joint action",
        r"tried out a survey of domestic abuse victims.*permanently",
        r"Chief officers.*recommended recruiting a co-ordinator",
        r"hate crime, rural crime, business crime and online crime",
        r"other vulnerable people.*mental ill health",
        r"\(MARAC\).*high-risk cases.*independent domestic violence advisers.*effective and co-ordinated",
        r"registered sex offenders.*harder if the number grows.*public stays protected",
        r"Local officers.*intelligence.*how to submit it",
    ],
    (SPECIALIST, "National policing responsibilities"): [
        r"terrorism, cyber-crime, public order, civil emergencies, child sexual abuse, and serious and organised crime",
        r"assesses regularly.*jointly with Suffolk",
        r"chief officers to each threat in a development programme.*skills and experience",
        r"comprehensive training programme.*marauding firearms terrorist attack",
        r"every training exercise and major incident.*careful debrief",
    ],
    (SPECIALIST, "Firearms capability"): [
        r"effectiveness inspections of 2016.*UK and in Europe since then",
        r"organised crime groups.*armed street gangs.*guns",
        r"Less Lethal Weapons\[\^16\].*designated chief officer",
        r"\(APSTRA\).*\(armed capacity\).*\(armed capability\)",
        r"armed policing jointly with Suffolk",
        r"last reviewed in August 2017, meets what the code requires and the guidance of the College",
        r"examines it closely and formally approves.*can clearly be audited",
        r"too little is known about how fast armed response vehicles \(ARVs\)",
        r"recognised this shortcoming, and steps are in place",
        r"does not need more armed officers in Norfolk.*other forces of the region",
    ],
}
FIXED = [  # names and titles, which have no other words
    "Code of Practice on Police Use of Firearms and Less Lethal Weapons",
    "armed policing strategic threat and risk assessment (APSTRA)",
    "terrorism, cyber-crime, public order, civil emergencies, child sexual abuse, and serious and organised crime",
]


def sections(text: str) -> dict[tuple[str, str], str]:
    """Return the text under each pair of level-2 and level-3 headings, its lines joined."""
    found: dict[tuple[str, str], list[str]] = {}
    title = sub_heading = ""
    for line in text.splitlines():
        if line.startswith("## "):
            title, sub_heading = line.removeprefix("## "), ""
        elif line.startswith("### "):
            sub_heading = line.removeprefix("### ")
        elif line.strip():
            found.setdefault((title, sub_heading), []).append(line)
    return {heading: " ".join(lines) for heading, lines in found.items()}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", re.sub(r"\[\^\d+\]", " ", text.lower().replace("’", "'")))


def runs(text: str, length: int) -> set[str]:
    found = words(text)
    return {" ".join(found[i : i + length]) for i in range(len(found) - length + 1)}


def test_the_headings_are_those_of_the_report_in_its_order() -> None:
    assert list(sections(FINDINGS.read_text(encoding="utf-8"))) == HEADINGS == list(FACTS)


@pytest.mark.parametrize(
    ("heading", "fact"), [(heading, fact) for heading, facts in FACTS.items() for fact in facts], ids=str
)
def test_no_fact_of_the_report_is_lost(heading: tuple[str, str], fact: str) -> None:
    assert re.search(fact, sections(FINDINGS.read_text(encoding="utf-8"))[heading])


def test_footnotes_1_to_17_are_referred_to_in_order() -> None:
    marks = re.findall(r"\[\^(\d+)\]", FINDINGS.read_text(encoding="utf-8"))
    assert [int(mark) for mark in marks] == list(range(1, 18))


def test_a_paragraph_is_of_whole_sentences_six_at_most() -> None:
    for paragraph in FINDINGS.read_text(encoding="utf-8").split("\n\n"):
        if paragraph.startswith("#"):
            continue
        assert re.search(r"\.(\[\^\d+\])*$", paragraph.strip()), paragraph
        ends = re.findall(r"\.(?=(?:\[\^\d+\])*(?:\s|$))", paragraph)
        assert 1 <= len(ends) <= 6, paragraph


def test_arrests_are_a_rate_and_never_a_proportion() -> None:
    text = FINDINGS.read_text(encoding="utf-8").lower()
    assert "proportion" not in text
    assert "per cent" not in text
    assert not re.search(r"high\w* (share|percentage)", text)


def test_the_values_of_measures_are_left_to_the_figures() -> None:
    text = FINDINGS.read_text(encoding="utf-8")
    assert not re.search(r"\d\.\d|%|12 of (the )?27", text)


def test_high_is_the_inspectorates_word() -> None:
    text = re.sub(r"\s+", " ", FINDINGS.read_text(encoding="utf-8"))
    sentences = [s for s in re.split(r"(?<=\.)(?:\[\^\d+\])*\s", text) if re.search(r"\bto be (high|low)\b", s)]
    assert len(sentences) == 3
    assert all("inspectorate judged" in sentence for sentence in sentences)


@pytest.mark.shared
def test_no_sentence_is_copied_from_the_report() -> None:
    reports = list(shared("seeds").glob("*.txt"))
    assert reports
    own = FINDINGS.read_text(encoding="utf-8")
    for name in FIXED:
        assert name in own
        own = own.replace(name, "|")
    report = runs("\n".join(path.read_text(encoding="utf-8") for path in reports), 8)
    assert [run for paragraph in own.split("\n\n") for run in runs(paragraph, 8) & report] == []
