/* Which visits are taken out together: short strings of neighbouring stops, as in Christiaens and
 * Vanden Berghe, "Slack induction by string removals" (2020), carried over to several days: either
 * the strings leave one day only, or their stores leave the whole plan and may change pattern.
 */
#include "kernel.h"

/* The store is to be placed again (it may still stand on some of its days). */
void loosen(Kernel *k, int store) {
    keep_store(k, store);
    if (k->loose_at[store] != k->step) {
        k->loose_at[store] = k->step;
        k->loose[k->looses++] = store;
    }
}

static void leave(Kernel *k, int store, int day, int whole) {
    loosen(k, store);
    if (!whole) {
        if (k->visited[store] >> day & 1) take_out(k, store, day);
        return;
    }
    uint64_t days = k->visited[store] & ~k->frozen;
    while (days) {
        int one = __builtin_ctzll(days);
        days &= days - 1;
        take_out(k, store, one);
    }
}

/* One of the days the store is seen on, by chance; -1 where there is none. */
static int some_day(Kernel *k, int store) {
    uint64_t days = k->visited[store] & ~k->frozen;
    int many = __builtin_popcountll(days);
    if (!many) return -1;
    for (int skip = pick(&k->luck, many); skip; skip--) days &= days - 1;
    return __builtin_ctzll(days);
}

static void cut_string(Kernel *k, int store, int day, int length, int whole) {
    int tour = k->at[(size_t)day * k->stores + store];
    int count = k->count[tour], here = 0, spared = 0;
    k->cut_at[tour] = k->step;
    const int32_t *stop = k->stop + (size_t)tour * k->room;
    int32_t cut[64];
    while (stop[here] != store) here++;
    if (length > 1 && length < count && chance(&k->luck) < 0.5) {
        spared = 1; /* a split string: some stops in its middle stay */
        while (length + spared < count && chance(&k->luck) < 0.01) spared++;
    }
    int whole_length = length + spared;
    int low = here - whole_length + 1 < 0 ? 0 : here - whole_length + 1;
    int high = here < count - whole_length ? here : count - whole_length;
    int first = low + pick(&k->luck, high - low + 1), taken = 0;
    int gap = spared ? first + pick(&k->luck, length) : -1;
    for (int i = first; i < first + whole_length && taken < 64; i++) {
        if (spared && i >= gap && i < gap + spared) continue;
        cut[taken++] = stop[i];
    }
    for (int i = 0; i < taken; i++) leave(k, cut[i], day, whole);
}

void ruin(Kernel *k) {
    int seed = pick(&k->luck, k->stores);
    int whole = chance(&k->luck) < k->whole_share;
    int day = some_day(k, seed);
    for (int i = 0; i < k->absents && i < 8; i++)
        loosen(k, k->absent[pick(&k->luck, k->absents)]);
    if (day < 0) {
        loosen(k, seed);
        whole = 1;
    }
    const int32_t *near = k->near + (size_t)seed * (k->stores - 1);
    if (whole && chance(&k->luck) < k->near_share) { /* all days of a few stores side by side */
        int many = 1 + pick(&k->luck, (int)k->out_mean);
        leave(k, seed, 0, 1);
        for (int i = 0, taken = 1; i < k->stores - 1 && taken < many; i++)
            if (chance(&k->luck) < 0.7) {
                leave(k, near[i], 0, 1);
                taken++;
            }
        return;
    }
    double visits = 0, used = 0;
    for (int t = 0; t < k->tours; t++)
        if (k->count[t]) {
            visits += k->count[t];
            used++;
        }
    double longest = used ? visits / used : 1;
    if (longest > k->string_max) longest = k->string_max;
    int strings = (int)(1 + chance(&k->luck) * (4 * k->out_mean / (1 + longest) - 1));
    for (int i = -1; i < k->stores - 1 && strings > 0; i++) {
        int store = i < 0 ? seed : near[i];
        if (k->loose_at[store] == k->step) continue;
        int on = !whole || (day >= 0 && k->visited[store] >> day & 1) ? day : some_day(k, store);
        if (on < 0 || !(k->visited[store] >> on & 1)) continue;
        int tour = k->at[(size_t)on * k->stores + store];
        if (k->cut_at[tour] == k->step) continue;
        double most = k->count[tour] < longest ? k->count[tour] : longest;
        cut_string(k, store, on, 1 + (int)(chance(&k->luck) * most), whole);
        strings--;
    }
}
