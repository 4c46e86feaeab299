"""Sentences about what is watched beside single changes, in Simplified Chinese."""

from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "mass_change": {
        "raise_alarm": "{name} 在 {minutes} 分钟内更改了 {rows} 条{kind}，超过 {most} 条即属异常。"
        "未撤销任何更改，请核查。",
        "let_pass": "{name} 在 {minutes} 分钟内更改了 {rows} 条{kind}。",
    },
}
