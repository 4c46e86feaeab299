// Every sentence of the app in Simplified Chinese; the keys are those of en.js.

import { words as store } from "./zh_store.js";
import { words as verbs } from "./zh_verbs.js";

const shell = {
  "again": "再试一次",
  "back": "返回",
  "clear": "清除",
  "close": "关闭",
  "failed.more": "发生了什么",
  "failed.text": "您已保存的内容安全地留在本机。请再试一次；若仍不行，请告知办公室。",
  "failed.title": "没有成功",
  "loading": "正在读取",
  "pad.delete": "删除最后一位",
  "places": "导航",
  "tab.day": "今天",
  "tab.more": "更多",
  "tab.numbers": "业绩",
  "tab.plan": "计划",
  "tab.stores": "门店",
  "undo": "撤销",
};

export const words = { ...shell, ...store, ...verbs };
