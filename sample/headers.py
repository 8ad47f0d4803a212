"""How the departments print things: headers that vary, words for codes, ways of writing a day."""

HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "register": {
        "household_number": ("户编号", "户号", "家庭编号"),
        "head_citizen_id": ("户主身份证号", "户主身份证号码"),
        "relation": ("与户主关系", "户主关系", "与户主的关系"),
        "name": ("姓名", "成员姓名"),
        "sex": ("性别",),
        "id": ("身份证号", "公民身份号码", "身份证号码"),
        "born_on": ("出生日期", "出生年月日"),
        "residence": ("村(社区)代码", "行政村代码", "村代码"),
        "village_name": ("村组名称", "小组"),
        "rural": ("户口性质", "户籍性质", "户别"),
        "phone": ("联系电话", "手机号码", "电话"),
        "father_citizen_id": ("父亲身份证号", "父亲公民身份号码"),
        "mother_citizen_id": ("母亲身份证号", "母亲公民身份号码"),
    },
    "certificate": {
        "name": ("持证人", "姓名"),
        "id": ("持证人身份证号", "身份证号"),
        "kind": ("证件类型", "女儿户类型", "类别"),
        "number": ("证件编号", "证号", "光荣证号"),
        "issued_on": ("发证日期", "领证日期"),
        "cancelled_on": ("注销日期", "作废日期"),
    },
    "hardship": {
        "name": ("户主姓名", "姓名", "保障对象"),
        "id": ("户主身份证号", "身份证号", "保障对象身份证号"),
        "kinds": ("救助类别", "困难类别"),
    },
    "admission": {
        "name": ("考生姓名", "姓名"),
        "id": ("身份证号", "考生身份证号"),
        "year": ("录取年份", "高考年份"),
        "batch": ("录取批次", "批次"),
        "level": ("录取层次", "层次"),
        "school": ("录取院校", "院校名称"),
        "province": ("生源省份", "考试省份"),
        "admitted_on": ("录取日期", "录取时间"),
    },
    "unadmitted": {
        "name": ("姓名", "学生姓名"),
        "id": ("身份证号", "学生身份证号"),
        "year": ("毕业年份", "年份"),
    },
    "training": {
        "name": ("学员姓名", "姓名"),
        "id": ("学员身份证号", "身份证号"),
        "trade": ("培训工种", "工种"),
        "hours": ("学时", "课时"),
        "certificate_number": ("合格证编号", "证书编号"),
        "certified_on": ("发证日期", "结业日期"),
        "school": ("培训机构", "培训学校"),
    },
    "employment": {
        "name": ("姓名", "劳动者姓名"),
        "id": ("身份证号", "劳动者身份证号"),
        "started_on": ("就业日期", "合同起始日期"),
        "employer": ("用人单位", "就业单位"),
    },
    "medical": {
        "name": ("参保人姓名", "姓名"),
        "id": ("身份证号", "参保人身份证号"),
        "year": ("参保年度", "年度"),
    },
    "housing": {
        "name": ("户主姓名", "户主"),
        "id": ("户主身份证号", "身份证号"),
        "grade": ("鉴定等级", "危房等级"),
        "work": ("改造方式", "建设方式"),
        "surveyed_on": ("鉴定日期", "排查日期"),
        "address": ("房屋坐落", "房屋地址"),
    },
    "payroll": {
        "name": ("姓名", "人员姓名"),
        "id": ("身份证号", "人员身份证号"),
        "unit": ("工作单位", "单位名称"),
    },
    "death": {
        "name": ("死者姓名", "姓名"),
        "id": ("死者身份证号", "身份证号"),
        "died_on": ("死亡日期", "死亡时间"),
    },
    "earlier_payment": {
        "name": ("享受人", "领款人"),
        "id": ("享受人身份证号", "领款人身份证号"),
        "program": ("项目名称", "补贴项目"),
        "paid_on": ("发放日期", "拨付日期"),
        "amount": ("发放金额(元)", "金额(元)"),
    },
    "account": {
        "name": ("姓名", "持卡人"),
        "id": ("身份证号", "持卡人身份证号"),
        "account_name": ("户名", "账户名称"),
        "number": ("银行账号", "一卡通账号"),
        "bank": ("开户银行", "开户行"),
        "cnaps": ("联行号", "行号"),
        "kind": ("账户类型", "卡折类型"),
    },
}

CERTIFICATE_KINDS = {
    "only_daughter": ("独生女户", "独女户"),
    "two_daughter": ("双女户", "二女户", "纯二女户"),
}
HARDSHIP_WORDS = {
    "dibao": ("低保", "农村低保"),
    "extreme_poverty": ("特困供养", "分散供养"),
    "monitored": ("监测户", "边缘易致贫户"),
    "dibao_margin": ("低保边缘", "低保边缘家庭"),
    "expenditure": ("支出型困难", "刚性支出困难"),
    "poor_disabled": ("贫困残疾人", "困难残疾人"),
}
HARDSHIP_TITLES = {
    "dibao": "城乡低保对象花名册",
    "extreme_poverty": "特困供养人员花名册",
    "monitored": "防返贫监测对象花名册",
    "dibao_margin": "低保边缘家庭花名册",
    "expenditure": "支出型困难家庭花名册",
    "poor_disabled": "困难残疾人花名册",
}
ACCOUNT_KINDS = {"card": ("银行卡", "借记卡"), "passbook": ("存折",), "social_security": ("社保卡", "一卡通")}
WORKS = {"rebuild": ("拆除重建", "原址重建"), "repair": ("修缮加固", "维修加固")}
PROGRAM_NAMES = {"college-award": "升学奖励", "housing-subsidy": "危房改造补助"}
ISO = "%Y-%m-%d"
DAY_STYLES = (ISO, "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
