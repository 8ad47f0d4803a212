"""What is done to people, lists, facts and accounts: verbs, one transaction each."""

from beneficiaries.services.accounts import (
    close_account,
    enter_account,
    refuse_account,
    verify_account,
    verify_listed_accounts,
)
from beneficiaries.services.aliases import take_back_alias
from beneficiaries.services.because import because
from beneficiaries.services.booklets import BookletRow, send_booklet
from beneficiaries.services.cancelling import cancel_list, refuse_cancelled
from beneficiaries.services.correcting import (
    correct_fact,
    correct_head,
    correct_membership,
    correct_name,
    correct_parentage,
    correct_phone,
)
from beneficiaries.services.doubles import (
    ask_to_merge,
    ask_to_part,
    keep_merged,
    look_again,
    merge,
    part,
    refuse_merge,
    say_apart,
)
from beneficiaries.services.entering import ask_to_withdraw, enter_fact
from beneficiaries.services.headers import name_columns, take_back_header
from beneficiaries.services.lists import (
    CoveringLetter,
    ask_to_take,
    check_again,
    check_list,
    import_list,
    refuse_list,
    take_list,
    upload_list,
)
from beneficiaries.services.moving import move_in, move_out, take_back_move
from beneficiaries.services.settling import settle_doubt
from beneficiaries.services.waiting import check_waiting, take_waiting, withdraw_waiting
from beneficiaries.services.withdrawing import ask_to_withdraw_list, withdraw_list

__all__ = [
    "BookletRow",
    "CoveringLetter",
    "ask_to_merge",
    "ask_to_part",
    "ask_to_take",
    "ask_to_withdraw",
    "ask_to_withdraw_list",
    "because",
    "cancel_list",
    "check_again",
    "check_list",
    "check_waiting",
    "close_account",
    "correct_fact",
    "correct_head",
    "correct_membership",
    "correct_name",
    "correct_parentage",
    "correct_phone",
    "enter_account",
    "enter_fact",
    "import_list",
    "keep_merged",
    "look_again",
    "merge",
    "move_in",
    "move_out",
    "name_columns",
    "part",
    "refuse_account",
    "refuse_cancelled",
    "refuse_list",
    "refuse_merge",
    "say_apart",
    "send_booklet",
    "settle_doubt",
    "take_back_alias",
    "take_back_header",
    "take_back_move",
    "take_list",
    "take_waiting",
    "upload_list",
    "verify_account",
    "verify_listed_accounts",
    "withdraw_list",
    "withdraw_waiting",
]
