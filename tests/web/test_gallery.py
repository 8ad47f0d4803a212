"""Every component on one page: it renders in both languages and keeps the content security policy."""

import datetime
import re
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from standards.words import Refusal, Words
from web import charts
from web.components import Area, Progress, Step, Way
from web.forms import HouseForm
from web.templatetags.guanai import KINDS


class AccountForm(HouseForm):
    number = forms.CharField(label="账号", help_text="看社保卡正面")
    name = forms.CharField(label="户名", required=False)
    kind = forms.ChoiceField(label="种类", choices=[("card", "卡"), ("book", "折")], widget=forms.RadioSelect)


class FilterForm(forms.Form):
    program = forms.ChoiceField(label="项目", choices=[("", "全部"), ("c", "升学")], required=False)
    text = forms.CharField(label="姓名", required=False)


def account_form() -> AccountForm:
    form = AccountForm({"number": "6230O", "name": "赵雨相", "kind": "card"})
    form.is_valid()
    form.refuse("number", Refusal("账号第 5 位是字母 O，账号只能是数字", "Place 5 is the letter O"))
    form.offer("number", value="62300", label=Words("改成数字 0", "Make it 0"))
    form.warn("name", Words("和身份证姓名不一样", "differs from the ID card"))
    return form


def drawn() -> dict[str, object]:
    names = ["青化", "哑柏", "富仁", "二曲", "终南", "尚村", "竹峪", "翠峰", "广济", "四屯", "司竹", "集贤"]
    return {
        "donut": charts.donut(
            [
                charts.Part("已到账", 74, "done"),
                charts.Part("失败", 4, "failed"),
                charts.Part("不明", 4, "unknown"),
                charts.Part("没有回音", 4, "waiting"),
            ],
            middle="90.4%",
            below="金额已到账",
            sentence="百分之九十到账",
        ),
        "bar": charts.bar(0.42, sentence="42%"),
        "tiles": charts.tile_map(
            [
                charts.Tile(f"{name}镇", at % 6, at // 6, 0.4 + 0.05 * at if at else None, url=f"?t={at}")
                for at, name in enumerate(names)
            ],
            limits=(0.5, 0.6, 0.7, 0.8),
            sentence="各镇",
        ),
        "funnel": charts.funnel(
            [
                charts.Stage("应享", 4812, "5,052,800.00", "848 人没申请", "?a=1"),
                charts.Stage("已申请", 3964, "4,191,300.00", "353 件在办"),
                charts.Stage("已批准", 3611, "3,594,800.00", "263 笔等下一批"),
                charts.Stage("已到账", 32, "94,500.00"),
            ],
            sentence="漏斗",
        ),
        "budget": charts.budget_bars(
            [
                charts.Bar(
                    "高考升学奖励",
                    [
                        charts.Segment(120, "done"),
                        charts.Segment(19, "committed"),
                        charts.Segment(38, "waiting"),
                    ],
                    177,
                    "已发 1,226,500　已定未发 190,500　剩 383,000",
                ),
                charts.Bar(
                    "危房改造补助",
                    [
                        charts.Segment(117, "done"),
                        charts.Segment(22, "committed"),
                        charts.Segment(10, "waiting"),
                        charts.Segment(48, "short"),
                    ],
                    149,
                    "已发 1,170,000",
                    "还差 484,000",
                ),
            ],
            sentence="预算",
        ),
    }


def gallery(**more: object) -> str:
    request = RequestFactory().get("/gallery/?program=c")
    today = datetime.date(2026, 8, 18)
    context = {
        "navigation": [Area("柜台", "/", 0, True), Area("待办", "/w/", 8), Area("公示", "/n/", 2)],
        "person_name": "陈晓燕",
        "person_place": "马召镇・窗口",
        "sign_out_url": "/out/",
        "audit_head": "#48,213・3f9a…c1d2",
        "crumbs": [("柜台", "/counter/"), ("马召镇 焦楼村 3 组", "")],
        "kinds": list(KINDS),
        "days": [today + datetime.timedelta(days=n) for n in (-1, 0, 1, 6)],
        "today": today,
        "reasons": [Words("指标不够", "no budget"), "例题还差 1 道"],
        "form": account_form(),
        "filter_form": FilterForm(request.GET),
        "steps": [
            Step("窗口受理", "past", "8 月 6 日", "陈小宁"),
            Step("县级复核", "now", "8 月 18 日", "轮到你"),
            Step("县级审批", "future", "", "陈国梁"),
        ],
        "job": Progress("正在读入回盘第 2 份", "/job/1/", 29, 32, "约 2 秒"),
        "page": Paginator(range(45), 20).page(2),
        "ways": [Way("在全县找", "/a/", "会记入日志", "2", "map-pin"), Way("登记新家庭", "/n/", "", "N")],
        **drawn(),
        **more,
    }
    path = Path(__file__).with_name("gallery.html")
    return engines["django"].from_string(path.read_text(encoding="utf-8")).render(context, request)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_gallery_keeps_the_policy_when_every_component_is_shown(language: str) -> None:
    with translation.override(language):
        page = gallery()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|hx-on", page)
    assert "{{" not in page
    assert "{%" not in page
    assert 'href="#id_number"' in page
    assert page.count("<h1") == 1


def test_progress_stops_polling_when_the_job_has_ended() -> None:
    running, ended = gallery(), gallery(job=Progress("读入", "/job/1/", ended="读完了"))
    assert 'hx-trigger="every 1s"' in running
    assert 'hx-trigger="every 1s"' not in ended
