"""Invented names. Surnames by their share in Shaanxi, with some that programs read wrongly."""

import random

SURNAMES = (
    "王王王王李李李张张张刘刘陈陈杨杨赵赵黄周周吴徐孙孙马马马朱胡郭郭何高高林罗郑梁宋唐许韩冯邓曹彭曾肖田董袁潘"
    "蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万"
    "钱严覃武戴莫孔向汤解单仇查翟盖区乐缪员种折郇阚牟祭薄卜褚"
)
DOUBLE_SURNAMES = ("尉迟", "令狐", "长孙", "澹台", "上官", "夏侯")
FEMALE = "梅兰芳英秀珍霞娟丽敏静燕玲桂红雪琴娜洁婷慧莉蓉倩瑶琳佳怡欣颖萱悦彤雨桐梓涵诗语晨曦若楠佩玥妍"
MALE = "伟强军勇杰涛明超辉刚健峰磊亮鹏斌建国华平志文宏浩宇轩博铭俊毅恒泽凯旭航昊天宝林海"
SHARED = "晓小春秋玉金新安平文思一子家永继"
RARE_GIVEN = ("𬭎", "䶮", "𬍛", "㛃", "堃")  # the first needs four bytes, the second no GBK has


def family_name(dice: random.Random) -> str:
    if dice.random() < 0.004:
        return dice.choice(DOUBLE_SURNAMES)
    return dice.choice(SURNAMES)


def given_name(dice: random.Random, *, female: bool) -> str:
    own = FEMALE if female else MALE
    last = dice.choice(own)
    if dice.random() < 0.12:
        return last
    first = dice.choice(SHARED if dice.random() < 0.3 else own)
    return first + last


def pen_slip(name: str) -> str:
    """The name as another office might have written it: one character that looks or sounds alike.

    >>> pen_slip("李雨桐")
    '李雨彤'
    """
    alike = {
        "桐": "彤",
        "彤": "桐",
        "梅": "玫",
        "颖": "莹",
        "静": "净",
        "丽": "莉",
        "婷": "亭",
        "明": "鸣",
        "伟": "玮",
        "涛": "滔",
    }
    for place in range(len(name) - 1, 0, -1):
        if name[place] in alike:
            return name[:place] + alike[name[place]] + name[place + 1 :]
    return name[0] + "小" + name[-1] if len(name) > 1 and name[1] != "小" else name[0] + "晓" + name[-1]
