// What happens when the app starts: the local store is opened, the rep is let in (enrolment, PIN),
// and the network is listened to.

import { opened } from "./ctx.js";
import { tell } from "./standing.js";

/** Open what the screens need. */
export async function open() {
  // @ts-ignore until it is there
  const { open: openLocal } = await import("./local.js");
  const local = await openLocal("talaria");
  const enrolment = await local.fact("enrolment");
  tell({ enrolled: Boolean(enrolment) });
  opened.value = { local, link: null, verbs: null };
}
