"""Who can sign in to the demo: a list that costs its reader nothing, for `make run` prints it."""

PASSWORD = "blue kettle on the stove"  # noqa: S105 - of people who live in the demo only
UNJOINED_EMAIL = "new@example.kz"
PEOPLE = (
    (
        "Айгерім Сапарова",
        "aigerim@example.kz",
        PASSWORD,
        "holder of 7 1203 4456, manages 7 1187 0092",
    ),
    ("Болат Сапаров", "bolat@example.kz", PASSWORD, "her father, holder of 7 1187 0092"),
    ("Дана Сапарова", "dana@example.kz", PASSWORD, "her sister, may only look at 7 1203 4456"),
    ("Сергей Ким", "sergey@example.kz", PASSWORD, "neighbour, holder of 7 1205 1020"),
    ("Данияр Касымов", "daniyar@example.kz", PASSWORD, "specialist: answers appeals"),
    ("Гүлмира Оспанова", "gulmira@example.kz", PASSWORD, "supervisor: reads every rating"),
    ("Мария Ли", "maria@example.kz", PASSWORD, "editor: writes newsletters"),
    ("Руслан Ахметов", "ruslan@example.kz", PASSWORD, "catalogue manager"),
    ("Әлия Жұмабаева", "aliya@example.kz", PASSWORD, "administrator"),
    ("Жанна Исаева", "zhanna@example.kz", PASSWORD, "agency: shops in secret, sees no customer"),
    (
        "(nobody yet)",
        UNJOINED_EMAIL,
        "to be chosen",
        "join with contract 7 1206 7788; the code comes to /dev/mailbox",
    ),
)
