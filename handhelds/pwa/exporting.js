// The unsent queue as a file: every change as it would travel, with whose it is. The office can read
// it, and nothing of it leaves the queue: a change is answered once, however it comes.

/**
 * The queue as data.
 * @param {import("./local.js").Local} local
 */
export async function unsentOf(local) {
  const [enrolment, trail] = await Promise.all([local.fact("enrolment"), local.trail({ waiting: true })]);
  return {
    talaria: "unsent",
    device: enrolment?.device ?? null,
    number_prefix: enrolment?.number_prefix ?? null,
    rep: enrolment?.rep.code ?? null,
    company: enrolment?.company.code ?? enrolment?.company.id ?? null,
    written_at: new Date().toISOString(),
    changes: trail.reverse().map((one) => ({
      ...(one.n === null ? {} : { n: one.n }), ...(one.change ?? { id: one.id, damaged: true }),
    })),
  };
}

/** Hand it to the browser as a file. @param {import("./local.js").Local} local */
export async function exportUnsent(local) {
  const found = await unsentOf(local);
  const text = JSON.stringify(found, null, 1);
  const name = `talaria-${found.number_prefix ?? "unsent"}-${found.written_at.slice(0, 10)}.json`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return found.changes.length;
}
