"""What every declaration in TOML is: a strict model whose faults are told with file, entry, setting and remedy."""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import meant, wrong_name

KINDS = {  # of a setting, in words, by the type that it should have and by the fault that pydantic finds
    ("str", "string_type"): "text in quotes",
    ("int", "int_type"): "a whole number",
    ("float", "float_type"): "a number",
    ("bool", "bool_type"): "true or false",
    ("tuple", "tuple_type"): "a list in brackets",
    ("dict", "dict_type"): "settings in braces or under a heading",
    ("date", "date_type"): "a date without quotes, as 2017-06-30",
}
BOUNDS = {
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "a number under {lt:g}",
}


class Declaration(BaseModel):
    """A declaration: immutable, each setting of its exact type, and none that is not named in the class."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", defer_build=True)
    is_file: ClassVar[bool] = False  # whether it is a whole file, whose parts stand under headings

    @classmethod
    def settings(cls) -> dict[str, FieldInfo]:
        """Return the settings by the names that a file gives them."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}


Declared = TypeVar("Declared", bound=Declaration)


def as_tuple(found: object) -> object:
    """Return a list as a tuple, and anything else as it is: TOML has lists where a declaration has tuples."""
    return tuple(found) if isinstance(found, list) else found


def _can_name_a_file(name: str, info: ValidationInfo) -> str:
    if wrong := wrong_name(name):
        raise ValueError(f"{info.field_name} {wrong}")
    return name


Found = TypeVar("Found")
ListOf = Annotated[tuple[Found, ...], BeforeValidator(as_tuple)]
Texts = ListOf[str]
FileName = Annotated[str, AfterValidator(_can_name_a_file)]  # a text that files and folders are called by
FileNames = ListOf[FileName]
Pair = Annotated[tuple[str, str], BeforeValidator(as_tuple)]
FileNamePair = Annotated[tuple[FileName, FileName], BeforeValidator(as_tuple)]


def declared(model: type[Declared], given: Mapping[str, Any], where: str) -> Declared:
    """Return a declaration, checked against its model.

    `where` names file and entry, as "data/measures.toml, measure 'crime_per_1000'". Raises InputError for each setting
    that there is not (with the nearest one), that is missing, or that is not as it must be; one that is missing because
    it is misspelt is told once.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = sorted(error.errors(include_url=False), key=lambda fault: fault["type"] != "extra_forbidden")
        told = [_told(fault, model, where) for fault in faults]
        misspelt = {(fault["loc"][:-1], _meant(fault, model)) for fault in faults if fault["type"] == "extra_forbidden"}
        wanted = [
            words
            for words, fault in zip(told, faults, strict=True)
            if fault["type"] != "missing" or (fault["loc"][:-1], fault["loc"][-1]) not in misspelt
        ]
        raise InputError(*dict.fromkeys(wanted)) from None


def _meant(fault: ErrorDetails, model: type[Declaration]) -> str:
    """Return the setting that a name which is none is nearest to, or ""."""
    *path, name = [step for step in fault["loc"] if isinstance(step, str)]
    return meant(name, _inside(model, path).settings())


def _told(fault: ErrorDetails, model: type[Declaration], where: str) -> str:
    """Return a fault in one line: file and entry, the setting, what was found, and what to write."""
    path = [step for step in fault["loc"] if isinstance(step, str)]
    top = model
    model, place = _inside(top, path[:-1]), _placed(where, top, path[:-1])
    name, found, kind = path[-1] if path else "", fault["input"], fault["type"]
    settings = model.settings()
    if kind == "value_error":  # one of the models' own, which names the setting and says what to write
        alone = name in settings and not models_in(settings[name]) and not model.is_file
        inside = place if alone else _placed(where, top, path)
        return f"{inside}: {fault['msg'].removeprefix('Value error, ')}"
    if kind == "extra_forbidden":
        near = meant(name, settings)
        opening = f"did you mean {near}? The settings" if near else "the settings"
        return f"{place}: there is no setting '{name}'; {opening} are {', '.join(settings)}"
    if kind == "missing" and isinstance(fault["loc"][-1], int):
        return f"{place}: {name} is {found!r}; write two texts"
    if kind == "missing":
        return f"{place}: no setting '{name}'; add it: {type_in_words(settings[name])}"
    if kind == "literal_error":
        choices = fault["ctx"]["expected"].replace("' or '", "', '").replace("'", "")
        return f"{place}: {name} is '{found}'; use one of {choices}"
    if isinstance(fault["loc"][-1], int):
        return f'{place}: {name} holds {found!r}; write a list of texts in quotes, as ["a", "b"]'
    if kind in BOUNDS:
        return f"{place}: {name} is {found!r}; write {BOUNDS[kind].format(**fault['ctx'])}"
    wanted = next((words for kinds, words in KINDS.items() if kind in kinds), KINDS["dict", "dict_type"])
    return f"{place}: {name} is {found!r}; write {wanted}"


def _inside(model: type[Declaration], path: list[str]) -> type[Declaration]:
    """Return the model of the settings at a path: a setting's own model, or that of the values of a table by name."""
    for step in path:
        field = model.settings().get(step)
        model = next(iter(models_in(field)), model) if field is not None else model
    return model


def _placed(where: str, model: type[Declaration], path: list[str]) -> str:
    """Return a place with the path to the settings inside it; of a whole file, the first is a heading."""
    return ", ".join((where, *(f"[{step}]" if model.is_file and not at else step for at, step in enumerate(path))))


def models_in(field: FieldInfo) -> list[type[Declaration]]:
    """Return the models of a setting: its own, or that of the values of a table by name."""
    return [one for one in _types_in(field.annotation) if isinstance(one, type) and issubclass(one, Declaration)]


def _types_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for one in get_args(annotation):
        yield from _types_in(one)


def type_in_words(field: FieldInfo) -> str:
    """Return what a setting should be, in words."""
    if get_origin(field.annotation) is Literal:
        return f"one of {', '.join(get_args(field.annotation))}"
    may_be = (field.annotation, *(get_args(field.annotation) if get_origin(field.annotation) is UnionType else ()))
    names = [getattr(get_origin(one) or one, "__name__", "") for one in may_be]
    return next((words for kinds, words in KINDS.items() if kinds[0] in names), KINDS["dict", "dict_type"])


def entries(given: Mapping[str, Any], where: str, heading: str, name: str = "id") -> list[tuple[str, dict[str, Any]]]:
    """Return the entries under [[heading]], each with its place in messages: "data/measures.toml, measure 'x'".

    Raises InputError where there is none, or where two have the same `name`.
    """
    found = given.get(heading)
    if not isinstance(found, list) or not found or not all(isinstance(entry, dict) for entry in found):
        raise InputError(f"{where}: no [[{heading}]] in double brackets; write each {heading} under one")
    names = [entry.get(name) for entry in found]
    with Faults() as faults:
        repeated = [one for place, one in enumerate(names) if one is not None and one in names[:place]]
        faults.add(f"{where}: two {heading}s have the {name} '{one}'; give each its own" for one in repeated)
    return [
        (f"{where}, {heading} " + (f"number {place}" if one is None else f"'{one}'"), entry)
        for place, (one, entry) in enumerate(zip(names, found, strict=True), start=1)
    ]


def stated(
    faults: Faults,
    read: Callable[[dict[str, Any], str], Found],
    given: Mapping[str, Any],
    where: str,
    heading: str,
    name: str = "id",
) -> list[tuple[str, Found]]:
    """Return what the entries under a heading state, each with its place; the faults of the others are gathered."""
    listed = faults.of(entries, given, where, heading, name) or []
    return [(place, one) for place, entry in listed if (one := faults.of(read, entry, place)) is not None]


def refuse_headings(given: Mapping[str, Any], where: str, *known: str) -> None:
    """Raise InputError for each heading that a file of entries does not have."""
    with Faults() as faults:
        for name in given:
            if name not in known:
                near = f"did you mean {one}? The" if (one := meant(name, known)) else "the"
                faults.add([f"{where}: there is no setting '{name}'; {near} settings are {', '.join(known)}"])


def named(found: Collection[str], where: str, name: str, known: Collection[str], register: str) -> None:
    """Raise InputError for all that a setting names and `register`, as "data/sources.csv", does not have."""
    with Faults() as faults:
        for one in found:
            if one not in known:
                near = meant(one, known)
                remedy = f"did you mean {near}?" if near else "mend the name or add it there"
                faults.add([f"{where}: {name} has '{one}', which is not in {register}; {remedy}"])


def filled(text: str, name: str, values: Mapping[str, object]) -> str:
    """Return a text with what stands in braces filled in.

    Raises ValueError for a name in braces that is not among `values`, and for a brace that stands alone; the message
    begins with `name`, the setting.
    """
    known = ", ".join(f"{{{one}}}" for one in values) or "none here"
    try:
        return text.format(**values)
    except KeyError as error:
        raise ValueError(f"{name} has {{{error.args[0]}}}, which is not filled in; there are {known}") from error
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"{name} has a brace that is not filled in ({error}); there are {known}") from error
