"""The fixed cast of the tests, and the factories of people and contracts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.models import Account, Membership, Premises, Role, StaffRole, User
from portal.core import clock, ids


@dataclass
class Person:
    """One of the cast: who signs in, and his contract if he has one."""

    user: User
    account: Account | None = None

    @property
    def id(self) -> UUID:
        return self.user.id

    @property
    def account_id(self) -> UUID:
        assert self.account is not None
        return self.account.id


def make_user(db: Session, name: str, **more: object) -> User:
    """Add a person; valid by default."""
    values: dict[str, object] = {
        "id": ids.uuid7(),
        "name": name,
        "email": f"{name.split(maxsplit=1)[0].lower()}@example.kz",
        "language": "en",
        "theme": "system",
        "created_at": clock.now(),
    }
    user = User(**values | more)
    db.add(user)
    return user


def make_account(db: Session, number: str, **more: object) -> Account:
    """Add a contract with one address in Almaty."""
    values: dict[str, object] = {
        "id": ids.uuid7(),
        "number": number,
        "holder_name": "Holder",
        "email": f"{number}@example.kz",
        "opened_at": clock.now(),
    }
    place = {"city": "almaty", "district": "bostandyk", "street": f"Abay ave., {number[-2:]}"}
    account = Account(**values | more)
    db.add(account)
    db.add(Premises(id=ids.uuid7(), account_id=account.id, technology="gpon", **place))
    return account


def make_membership(
    db: Session, user: User, account: Account, role: str = Role.HOLDER, **more: object
) -> None:
    """Let a person into a contract."""
    db.add(
        Membership(
            id=ids.uuid7(),
            user_id=user.id,
            account_id=account.id,
            role=role,
            created_at=clock.now(),
            **more,
        )
    )


def make_cast(db: Session) -> dict[str, Person]:
    """Add alice, bob, carol and the staff, and commit."""
    home, other = make_account(db, "712034456"), make_account(db, "711870092")
    people = {
        "alice": Person(make_user(db, "Alice Akhmetova"), home),
        "bob": Person(make_user(db, "Bob Bekov"), other),
        "carol": Person(make_user(db, "Carol Kim"), home),
        "dora": Person(make_user(db, "Dora Duman", staff_role=StaffRole.SPECIALIST)),
        "eric": Person(make_user(db, "Eric Esen", staff_role=StaffRole.SUPERVISOR)),
        "fiona": Person(make_user(db, "Fiona Fatima", staff_role=StaffRole.EDITOR)),
        "gulnara": Person(make_user(db, "Gulnara Gani", staff_role=StaffRole.CATALOGUE_MANAGER)),
    }
    db.flush()  # The memberships' foreign keys need the rows.
    make_membership(db, people["alice"].user, home)
    make_membership(db, people["bob"].user, other)
    make_membership(db, people["carol"].user, home, Role.VIEWER)
    db.commit()
    return people


def make_crowd(db: Session, home: Account) -> dict[str, Person]:
    """Add those of whom only the access table speaks: the other roles in a home and at work."""
    people = {
        "hamit": Person(make_user(db, "Hamit Hasenov"), home),
        "ilyas": Person(make_user(db, "Ilyas Ibrayev"), home),
        "jamila": Person(make_user(db, "Jamila Jumagali", staff_role=StaffRole.ADMINISTRATOR)),
        "kamila": Person(make_user(db, "Kamila Kenes", staff_role=StaffRole.AGENCY)),
        "leila": Person(make_user(db, "Leila Lukpan"), home),
    }
    db.flush()
    make_membership(db, people["hamit"].user, home, Role.PARENT)
    make_membership(db, people["ilyas"].user, home, Role.MANAGER)
    make_membership(db, people["leila"].user, home, Role.HOLDER, ends_at=clock.now())
    db.commit()
    return people
