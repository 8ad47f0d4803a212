"""What can be known about a person or a household: one file per kind of evidence. Plain Python.

A new kind of evidence is one new file ``facts/kinds/<kind>.toml`` and nothing else::

    kind     = "admission"       # as the file is named; its facts are admission.year, admission.batch …
    about    = "person"          # person | household (a list then names a household by one of its members)
    dated    = "event"           # event (has a day) | status (from … until) | yearly | never
    words    = { zh = "录取", en = "Admission" }
    stores   = "facts"           # facts (default) | register | accounts: where the rows of a list go
    day      = "admitted_on"     # the field that holds the event's day, or the first day of a status
    until    = "cancelled_on"    # the field that holds the last day of a status
    open_after = true            # what ended says nothing of later days (where somebody lived); else it is known not to hold
    coverage = "month"           # month | year: each list covers one; none (default): stated when it comes in
    once     = true              # it happens once in a life: two different days are one record that differs (death)
    entered  = "alone"           # at the counter, from a paper: alone (a clerk's entry counts at once where nothing says
                                 # otherwise) | confirmed (counts for nobody until a second person has confirmed it:
                                 # whatever harms or excludes somebody) | never (default: not offered)
    apart    = ["place"]         # fields that tell two records of one subject on the same days apart (two houses)
    mutual   = "spouse"          # the field of another person about whom the same holds the other way round
    held_by  = "parents"         # of a household: it is the couple's, and counts for their child on another booklet
    only_elsewhere = true        # of nobody but who is registered in another county, and so in no list
    rules_out = "death"          # who has such a record has none of that kind on its day or before …
    lasts_months = 12            # … nor in so many months after it, until one is on record
    list_of  = "kinds"           # the field of which one whole list may hold one value (a list of dibao)
    bare     = true              # its facts are named without the kind: "sex", not "register.sex"

    [subject]                    # the column with the citizen ID number of whom the row is about
    headers = ["身份证号", "公民身份号码"]
    [subject_name]               # the column with that person's name: compared, never used to find people
    headers = ["姓名"]

    [paper.admission_letter]     # a paper that proves it (settled_by)
    zh = "录取通知书"
    en = "Admission letter"
    proves = { listed = false }  # which answer it proves, for every from_presence field it settles

    [field.batch]                # one fact
    type    = "text"             # text | code | codes | bool | integer | quantity | money | date | person (another
                                 # person: in a list by ID number, on record by key; no policy asks for it)
    words   = { zh = "录取批次", en = "Batch as printed" }
    ask     = { zh = "录取通知书上写的批次是什么？", en = "Which batch is printed on the letter?" }
    headers = ["录取批次", "批次"]    # how lists name the column; none: never in a list
    settled_by  = ["admission_letter"]
    when_absent = "not_known"    # not_known | no_if_listed | declared
    required    = true           # a row without it is refused
    derived     = true           # worked out by the program, stands in no list
    from_presence = true         # a bool: standing on the list means yes
    entered = false              # settled by a paper, but not read off it at the counter
    from_period = "year"         # an integer: the year the whole list is about, where no column says it
    at_least, at_most            # bounds of a number
    sex     = "female"           # of a person: who can stand there (a mother)
    of_one  = true               # a number that one alone has: an entry with another's waits for a second person
    printed_yes, printed_no      # further words of a bool in lists
    about, dated                 # where they differ from the kind's

    [field.kind.value.two_daughter]  # a value of a code: its words and how lists print it
    zh = "双女户"
    en = "Two-daughter household"
    printed = ["二女户", "纯二女户"]

    [column.phone]               # a column of the list that is not a fact (numbers are never facts)
    check = "phone"              # citizen_id | phone | cnaps | account | name | village | relation | text

``load_catalogue()`` reads the folder and raises ``WrongKinds`` with every problem of every file.
"""
