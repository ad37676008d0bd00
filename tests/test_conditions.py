"""The condition language: what it refuses, and what its answers are in three values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import product
from types import ModuleType, NoneType, UnionType
from typing import Literal, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagevpc_lint.answer import Absence, Answer, Missing, Resource, Unknown
from sagevpc_lint.model.exports import Export, Scope as Coverage
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Subnet, Vpc, VpcConfig
from sagevpc_lint.model.subjects import Subject
from sagevpc_lint.network.graph import Network
from sagevpc_lint.questions import Question, questions_of
from sagevpc_lint.rulebook.conditions import Condition
from sagevpc_lint.rulebook.faults import Refused
from sagevpc_lint.rulebook.fields import Scope
from sagevpc_lint.rulebook.grammar import LONGEST, read_condition
from sagevpc_lint.source import Source

LACKING = Absence("route-tables", "111122223333/eu-west-1", "export", "aws ec2 describe-route-tables")
OTHER = Absence("subnets", "111122223333/eu-west-1", "export", "aws ec2 describe-subnets")


def is_yes(facts: Facts) -> Answer:
    """Is it yes?

    Names: road
    """
    return Answer(True, names={"road": ("y",)}, because=("yes",))


def is_no(facts: Facts) -> Answer:
    """Is it no?

    Names: road
    """
    return Answer(False, names={"road": ("n",)}, because=("no",))


def is_lost(facts: Facts) -> Answer:
    """Is it anything?"""
    raise Missing(LACKING)


def is_asked(facts: Facts) -> Answer:
    """Is it asked at all?"""
    raise AssertionError("this question must not be asked")


def sits_in(facts: Facts, job: Job, subnet: str, vpc: str) -> Answer:
    """Does the job sit there?"""
    return Answer((job.name, subnet, vpc) == ("nightly", "subnet-1", "vpc-1"))


def is_alone(facts: Facts, subnet: str | None) -> Answer:
    """Is there no subnet?"""
    return Answer(subnet is None)


def echoes(
    facts: Facts, *, side: Literal["in", "out"], port: int = 443, name: str = "s3", strict: bool = False, level: Literal[1, None] = None
) -> Answer:
    """Are the keywords those that one test sets?"""
    return Answer((side, port, name, strict, level) == ("in", 80, "é", True, 1))


def words_of(*functions: Callable[..., Answer]) -> dict[str, Question]:
    module = ModuleType("made_up")
    for function in functions:
        function.__module__ = module.__name__
        setattr(module, function.__name__, function)
    return dict(questions_of([module]))


WORDS = words_of(is_yes, is_no, is_lost, is_asked, sits_in, is_alone, echoes)
PLACEMENT = Scope(("placement",), WORDS)

VPC = Vpc("vpc-1", Source("vpcs.json"), "111122223333", "available", "default", ("10.0.0.0/16",), (), "dopt-1", False, {"tier": "é"})
SUBNET = Subnet("subnet-1", Source("subnets.json", pointer="/Subnets/0"), "111122223333", "vpc-1", "available", "10.0.1.0/24", True, None, "euw1-az1", 40, {"tier": "private"})
JOB = Job(
    "processing-job/nightly", Source("job.json"), "request", "nightly", None, None, None, None, None,
    VpcConfig(Source("job.json"), ("subnet-1", "subnet-2"), ("sg-1",)), 2, False, True,
)
SUBJECT = Subject("placement", "processing-job/nightly@subnet-1", job=JOB, subnet="subnet-1", vpc="vpc-1", jobs=(JOB,))


def facts_of(*facts: Subnet | Vpc) -> Facts:
    coverage = Coverage("111122223333", "eu-west-1")
    return Facts.of(Export(f"{fact.kind}s", fact.source, coverage, (fact,)) for fact in facts)


FACTS = facts_of(VPC, SUBNET)


def ask(text: str, subject: Subject = SUBJECT, facts: Facts = FACTS, scope: Scope = PLACEMENT) -> Answer:
    return read_condition(text, scope).ask(Network(facts), subject)


def faults(text: str, scope: Scope = PLACEMENT) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as caught:
        read_condition(text, scope)
    return [(fault.offset, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, 'subnet.state == "available"'), (False, 'subnet.state != "available"'), (True, '"available" == subnet.state'),
        (True, 'subnet.tags["tier"] == "private"'), (False, 'vpc.tags["tier"] == "private"'), (True, 'vpc.tags["tier"] == "é"'),
        (True, 'subnet.tags["absent"] == None'), (False, 'subnet.tags["absent"] == "x"'), (True, 'subnet.tags["absent"] != "x"'),
        (True, '"tier" in subnet.tags'), (True, '"absent" not in subnet.tags'),
        (True, 'subnet.state in ["pending", "available"]'), (False, 'subnet.state not in ("pending", "available")'), (False, 'subnet.state in ("pending",)'),
        (True, 'subnet.tags["absent"] in ["x", None]'),
        (True, "subnet.available_ip_address_count >= 40"), (False, "40 < subnet.available_ip_address_count"),
        (True, "1 < job.instance_count <= 2"), (False, "1 < job.instance_count < 2"), (True, "job.instance_count < subnet.available_ip_address_count"),
        (True, "subnet.ipv6_native"), (False, "not subnet.ipv6_native"), (False, "vpc.is_default"), (True, "vpc.is_default == False"),
        (True, "job.vpc_config != None"), (False, "job.arn != None"), (True, 'job.form == "request"'), (True, "subnet.availability_zone == None"),
        (True, '"subnet-2" in job.vpc_config.subnets'), (False, '"subnet-3" in job.vpc_config.subnets'), (True, "subnet.id in job.vpc_config.subnets"),
        (True, "subnet.vpc_id == vpc.id"), (False, "subnet.owner_id != vpc.owner_id"),
        (True, "sits_in()"), (False, "not sits_in()"), (False, "is_alone()"), (None, "is_lost()"), (None, "not is_lost()"),
        (True, 'echoes(side="in", port=80, name="é", strict=True, level=1)'), (False, 'echoes(side="in")'),
        (True, "is_no() or not is_no() and is_yes()"), (False, "(is_no() or not is_no()) and is_no()"), (True, "  (\n is_yes()\n and is_yes())\n"),
    ],
)
def test_a_condition_is_true_false_or_unknown(value: bool | None, text: str) -> None:
    assert value is ask(text).value


NODES = {True: "is_yes()", False: "is_no()", None: "is_lost()"}


@pytest.mark.parametrize(("left", "right"), list(product(NODES, NODES)))
def test_one_no_settles_and_one_yes_settles_or_and_otherwise_unknown_wins(left: bool | None, right: bool | None) -> None:
    both = False if False in (left, right) else None if None in (left, right) else True
    either = True if True in (left, right) else None if None in (left, right) else False
    assert both is ask(f"{NODES[left]} and {NODES[right]}").value
    assert either is ask(f"{NODES[left]} or {NODES[right]}").value
    assert (None if left is None else not left) is ask(f"not {NODES[left]}").value


@pytest.mark.parametrize("text", ["is_no() and is_asked()", "is_yes() or is_asked()", "is_lost() and is_no() and is_asked()", "is_yes() or is_lost() and is_asked()"])
def test_what_is_settled_asks_no_further(text: str) -> None:
    assert ask(text).value is not None


def test_what_did_not_decide_is_dropped() -> None:
    assert Answer(False, names={"road": ("n",)}, because=("no",)) == ask("is_lost() and is_no()")
    assert {"road": ("n", "y")} == ask("not is_no() and is_yes()").names


def test_a_comparison_rests_on_the_facts_it_read() -> None:
    answer = ask("job.instance_count < subnet.available_ip_address_count")
    assert [JOB.source, SUBNET.source] == [piece.source for piece in answer.evidence]
    assert [Resource("job", JOB.id), Resource("subnet", "subnet-1")] == [piece.resource for piece in answer.evidence]
    assert {"job": (JOB.id,), "subnet": ("subnet-1",)} == answer.names


def test_an_unknown_field_is_unknown_only_where_it_is_read() -> None:
    facts = facts_of(VPC, replace(SUBNET, state=Unknown(LACKING), tags=Unknown(OTHER)))
    assert {LACKING} == ask('subnet.state == "available"', facts=facts).missing
    assert {LACKING, OTHER} == ask('subnet.state in ["a"] and not subnet.tags["tier"] == "private"', facts=facts).missing
    assert True is ask("subnet.ipv6_native", facts=facts).value


def test_a_fact_that_is_not_given_is_unknown() -> None:
    answer = ask("vpc.is_default", facts=facts_of(SUBNET))
    assert (None, ["vpcs"]) == (answer.value, [absence.kind for absence in answer.missing])


def test_a_vpc_that_could_not_be_told_is_unknown_and_no_question_about_it_is_asked() -> None:
    lost = replace(SUBJECT, vpc=None, missing=frozenset({OTHER}))
    assert [{OTHER}, {OTHER}] == [ask(text, lost).missing for text in ("vpc.is_default", "sits_in()")]


def test_in_the_services_own_network_questions_decide_and_fields_are_not_known() -> None:
    service = replace(SUBJECT, subnet=None, vpc=None)
    assert True is ask("is_alone()", service).value
    answer = ask("subnet.ipv6_native", service)
    assert (None, ["world"]) == (answer.value, [absence.because for absence in answer.missing])


def test_a_field_of_a_part_that_a_fact_does_not_have_is_none() -> None:
    alone = replace(SUBJECT, job=replace(JOB, vpc_config=None))
    assert [False, True] == [ask(f'"subnet-1" {symbol} job.vpc_config.subnets', alone).value for symbol in ("in", "not in")]


def test_a_condition_tells_its_questions() -> None:
    condition = read_condition('is_yes() and (subnet.ipv6_native or not echoes(side="in"))', PLACEMENT)
    assert ["is_yes", "echoes"] == [question.name for question in condition.questions()]


CONSTANT = "only a constant can stand here: a text, a whole number, True, False or None"
KEY = 'a key must be a text constant, as in tags["tier"]'
ORDERED = "only numbers are ordered"


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("^is_yess()", 'no question "is_yess"; did you mean "is_yes"?'),
        ("is_no() or ^qqqq()", 'no question "qqqq"; allowed: echoes, is_alone, is_asked, is_lost, is_no, is_yes, sits_in'),
        ("^is_yes", '"is_yes" is a question and must be asked: is_yes()'),
        ('^subnt.state == "x"', 'no name "subnt"; did you mean "subnet"?'),
        ('^group.id == "x"', 'a subject of kind placement does not name a "group"; allowed: job, need, subnet, vpc'),
        ("^needs == 1", '"needs" is for questions only; did you mean "need"?'),
        ("^subnet", '"subnet" cannot stand alone; compare one of its fields'),
        ("^subnet.state", '"subnet.state" is text and cannot stand alone; compare it'),
        ('not ^subnet.tags["tier"]', '"subnet.tags["tier"]" is text or None and cannot stand alone; compare it'),
        ('subnet.^cidr == "x"', '"subnet" has no field "cidr"; did you mean "cidr_block"?'),
        ('"é" == subnet.tags["é"] and subnet.^cidr == "x"', '"subnet" has no field "cidr"; did you mean "cidr_block"?'),
        ('subnet.^kind == "subnet"', '"subnet" has no field "kind"; did you mean "id"?'),
        ("job.vpc_config.^source == None", '"job.vpc_config" has no field "source"; allowed: security_group_ids, subnets'),
        ('"a" in job.vpc_config.^subnet', '"job.vpc_config" has no field "subnet"; did you mean "subnets"?'),
        ('subnet.state.^upper == "X"', '"subnet.state" has no fields, so no "upper"'),
        ('subnet.state^["x"] == "X"', '"subnet.state" has no keys'),
        ('subnet.tags[^subnet.id] == "x"', KEY), ('subnet.tags[^"a" + "b"] == "x"', KEY), ('subnet.tags[^"a":"b"] == "x"', KEY), ('subnet.tags[^0] == "x"', KEY),
        ("subnet.state == ^3", '"subnet.state" is text, never 3'), ("^3 == subnet.state", '"subnet.state" is text, never 3'),
        ("subnet.state == ^None", '"subnet.state" is text, never None'), ('subnet.state in ^["x", 3]', '"subnet.state" is text, never 3'),
        ("job.instance_count == ^True", '"job.instance_count" is a number, never True'), ("vpc.is_default == ^1", '"vpc.is_default" is true or false, never 1'),
        ('subnet.tags["tier"] == ^True', '"subnet.tags["tier"]" is text or None, never True'),
        ('job.form == ^"requests"', '"job.form" is "request" or "description", never "requests"'),
        ('subnet.state == ^["x"]', '"subnet.state" never equals a list; write in'),
        ("subnet.state == ^job.instance_count", '"subnet.state" never equals "job.instance_count"'),
        ("subnet.tags == ^None", '"subnet.tags" is no single value; compare one of its fields, or use in'),
        ('subnet.state in ^"available"', "`in` needs a list of constants, or a field that holds several values, on its right"),
        ('^"a" in subnet.state', '"subnet.state" does not hold several values that `in` could look through'),
        ("^3 in job.vpc_config.subnets", '"job.vpc_config.subnets" holds text, never 3'),
        ('^["a"] in job.vpc_config.subnets', '"job.vpc_config.subnets" never holds a list'),
        ("vpc.is_default in ^job.vpc_config.subnets", '"job.vpc_config.subnets" never holds "vpc.is_default"'),
        ('subnet.state < ^"b"', f'"subnet.state" is text; {ORDERED}'), ('job.instance_count < ^"b"', f'"b" is no number; {ORDERED}'),
        ("^True < job.instance_count", f"True is no number; {ORDERED}"), ("job.instance_count < ^(1, 2)", f"a list is no number; {ORDERED}"),
        ("job.ended > ^3", f'"job.ended" is a time or None; {ORDERED}'),
        ("^1 == 1", "two constants are compared; one of them must be a field"), ("^subnet.cidr_block is None", "`is` cannot stand here; write == or !="),
        ("^is_yes() == True", "a question cannot be compared: it answers yes, no or unknown; let it stand alone, with or without not"),
        ("job.instance_count < ^1.5", CONSTANT), ('subnet.state == ^b"x"', CONSTANT), ("subnet.state == ^...", CONSTANT), ("subnet.state in [^subnet.id]", CONSTANT),
        ("subnet.state in [^*subnet.tags]", CONSTANT), ("echoes(side=^subnet.state)", CONSTANT), ('echoes(side=^"in" "x" + "y")', CONSTANT),
        ("is_yes(^1)", '"is_yes" takes keywords only; it has none'), ("is_yes(^*subnet)", '"is_yes" takes keywords only; it has none'),
        ("is_yes(^**subnet)", "`**` cannot stand here; name each keyword"),
        ('echoes(^"in")', '"echoes" takes keywords only; side: "in" or "out"; port: a number; name: text; strict: true or false; level: 1 or None'),
        ("^echoes()", '"echoes" needs the keyword "side": "in" or "out"'),
        ('echoes(side="in", ^ports=1)', '"echoes" has no keyword "ports"; did you mean "port"?'), ("is_yes(^x=1)", '"is_yes" has no keyword "x"; none is allowed'),
        ('echoes(side="in", ^side="in")', 'the keyword "side" stands twice'), ('echoes(side=^"inn")', 'the keyword "side" is "in" or "out", never "inn"'),
        ('echoes(side="in", port=^True)', 'the keyword "port" is a number, never True'), ('echoes(side="in", strict=^1)', 'the keyword "strict" is true or false, never 1'),
        ('echoes(side="in", level=^True)', 'the keyword "level" is 1 or None, never True'), ('echoes(side="in", name=^None)', 'the keyword "name" is text, never None'),
        ("^subnet.is_yes()", "only a question can be called, by its name"), ("^is_yes()()", "only a question can be called, by its name"),
        ('^"a".join(subnet)', "only a question can be called, by its name"), ("^(lambda: 1)()", "only a question can be called, by its name"),
        ("is_yes() ^# and is_no()", "a comment cannot stand here; it would hide what follows"),
    ],
)
def test_a_refusal_names_what_was_found_and_where(marked: str, message: str) -> None:
    assert [(marked.index("^"), message)] == faults(marked.replace("^", ""))


@pytest.mark.parametrize(
    ("what", "marked"),
    [
        ("a list", "subnet.id in ^[]"), ("a set", 'subnet.id in ^{"a"}'), ("a mapping", "^{}"), ("a tuple", "^is_yes(), is_no()"), ("a constant alone", "^True"),
        ("a constant alone", 'is_yes() and ^"x"'), ("arithmetic", "^job.instance_count + 1 == 3"), ("arithmetic", "job.instance_count < ^-1"), ("arithmetic", "^~is_yes()"),
        ("arithmetic", "^is_yes() & is_no()"), ("a lambda", "^lambda: is_yes()"), ("`if`", "^is_yes() if is_no() else is_yes()"), ("an f-string", '^f"{job}" == "x"'),
        ("`:=`", "(^x := is_yes())"), ("a comprehension", "^[x for x in job]"), ("a comprehension", "^{x: 1 for x in job}"), ("a comprehension", "^{x for x in job}"),
        ("a comprehension", "^(x for x in job)"), ("a comparison", "(^job.instance_count == 1) == vpc.is_default"), ("`and` or `or`", "(^is_yes() and is_no()) == True"),
        ("arithmetic", "(^not is_yes()) == True"), ("this", "^await is_yes()"), ("this", "(^yield)"),
    ],
)
def test_what_is_not_on_the_white_list_is_refused(what: str, marked: str) -> None:
    message = f"{what} cannot stand here; allowed: fields, comparisons with constants, questions, and, or, not, in"
    assert [(marked.index("^"), message)] == faults(marked.replace("^", ""))


@pytest.mark.parametrize(
    "text",
    [
        "job.__class__", "job.__class__.__base__.__subclasses__() == []", "job.name.__len__ == 1", "is_yes.__globals__ == None", "().__class__ == 1", "__import__('os')",
        "open('x')", "exec('x')", "print()", "is_yes(facts=1)", "job._asdict == None", "job.__dataclass_fields__ == None", "job.vpc_config.__slots__ == None",
        "subnet.tags['a'].__class__ == 1", "getattr(job, 'name')", "is_yes().value", "is_yes()[0]", "facts", "subject", "__builtins__", "job.at == None", "vpc.tags.items == 1",
    ],
)
def test_no_attribute_but_a_field_and_no_call_but_a_question(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text", ["", " ", "and", "is_yes() is_no()", "is_yes(", "is_yes())", "is_yes()\x00", "x = 1", "import os", "job.", '"\\d" == job.name', "1if 1else 2", "job.name == '\ud800'", "\x0c", "a\\"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    assert all(message.startswith("not an expression") for _, message in faults(text))


@pytest.mark.parametrize("text", ["not " * 100_000 + "is_yes()", "(" * 100_000, "-" * 100_000, "is_yes() or " * 100_000 + "is_yes()"])
def test_long_conditions_are_refused_unread(text: str) -> None:
    assert [(0, f"{len(text)} characters where at most {LONGEST} are allowed; put what it asks into a question")] == faults(text)


@pytest.mark.parametrize("text", ["not " * 72 + "is_yes()", "(" * 150 + "1" + ")" * 149, "(" * 146 + "is_yes()" + ")" * 146, "-" * 299 + "1", "[" * 300, "job" + ".a" * 148, "is_yes()" + "()" * 146])
def test_deep_conditions_of_the_allowed_length_are_read_or_refused(text: str) -> None:
    try:
        assert True is ask(text).value
    except Refused as refused:
        assert refused.faults


def test_all_faults_of_a_condition_are_told_at_once() -> None:
    marked = '^nobody() and 1 < subnet.^stat < job.^size or echoes(side=^1, ^x=1, port=^"1") or job.^nam in ["é", ^-1] or not ^print()'
    offsets = [at - number for number, at in enumerate(index for index, sign in enumerate(marked) if sign == "^")]
    assert offsets == [offset for offset, _ in faults(marked.replace("^", ""))]


GARBAGE = st.lists(
    st.sampled_from(
        "is_yes() is_asked is_asked() echoes( side= \"in\" port=1 ) ( [ ] { } , . : = == != < >= in not and or is if else lambda for None True 3 -1 \"x\" f\"{job}\" "
        "job subnet vpc .tags .state .vpc_config .__class__ .id [\"tier\"] * ** := # \\ é \ud800 \x00".split(" ")
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60) | GARBAGE)
def test_garbage_is_read_or_refused_with_places_and_nothing_is_evaluated(text: str) -> None:
    try:
        assert isinstance(read_condition(text, PLACEMENT), Condition)
    except Refused as refused:
        assert refused.faults
        assert all(0 <= fault.offset <= len(text) and "\n" not in fault.message for fault in refused.faults)


CONSTANTS = ('"x"', "3", "True", "None", '["x", None]', "[3]", "[True]", '"request"')
VALUES: dict[object, object] = {
    str: "x", int: 3, bool: True, NoneType: None, datetime: datetime(2026, 1, 1, tzinfo=UTC), VpcConfig: JOB.vpc_config,
    tuple[str, ...]: ("x",), frozenset[str]: frozenset({"x"}), Mapping[str, str]: {"tier": "x"}, Literal["request", "description"]: "request",
}


def variants(fact: Job | Subnet | Vpc, name: str) -> list[Job | Subnet | Vpc]:
    """The fact with a value of each type that the field can have, and with the field unknown."""
    hint = get_type_hints(type(fact))[name]
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return [replace(fact, **{name: value}) for value in (*(VALUES[kind] for kind in kinds), Unknown(LACKING))]


def readable(texts: Iterable[str]) -> Iterator[Condition]:
    for text in texts:
        try:
            yield read_condition(text, PLACEMENT)
        except Refused:
            pass


def texts_about(path: str) -> Iterator[str]:
    yield path
    for symbol, constant in product(("==", "!=", "<", ">=", "in", "not in"), CONSTANTS):
        yield f"{path} {symbol} {constant}"
        yield f"{constant} {symbol} {path}"


@pytest.mark.parametrize("fact", [JOB, SUBNET, VPC], ids=["job", "subnet", "vpc"])
def test_whatever_comparison_is_accepted_answers_for_every_value_that_its_field_can_have(fact: Job | Subnet | Vpc) -> None:
    for name in (field.name for field in fields(fact) if field.name not in ("id", "source", "data")):  # the last holds nothing that could be compared
        paths = (f"{fact.kind}.{name}{step}" for step in ("", '["tier"]', ".subnets"))
        conditions = [*readable(text for path in paths for text in texts_about(path))]
        assert conditions
        for other in variants(fact, name):
            subject = replace(SUBJECT, job=other) if isinstance(other, Job) else SUBJECT
            facts = FACTS if isinstance(other, Job) else facts_of(*{"vpc": VPC, "subnet": SUBNET, fact.kind: other}.values())
            network = Network(facts)
            answers = [condition.ask(network, subject) for condition in conditions]
            is_unknown = isinstance(getattr(other, name), Unknown)
            assert {is_unknown} == {answer.value is None for answer in answers}
