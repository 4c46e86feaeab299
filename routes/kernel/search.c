/* Take out, put back, accept or take back: simulated annealing over whole plans, the penalties that
 * keep it near what is allowed, and what Python calls.
 */
#include "kernel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(Luck *luck) { /* splitmix64 */
    uint64_t z = (luck->state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}
double chance(Luck *luck) { return (next(luck) >> 11) * 0x1.0p-53; }
int pick(Luck *luck, int below) { return (int)(((next(luck) >> 32) * (uint64_t)below) >> 32); }

void begin(Kernel *k) {
    k->step++;
    k->touches = k->moves = k->looses = 0;
    k->old_cost = k->cost;
    k->old_over = k->over;
}

static void take_back(Kernel *k) {
    for (int i = 0; i < k->touches; i++) {
        int tour = k->touched[i], day = k->tour_day[tour];
        int32_t *at = k->at + (size_t)day * k->stores;
        size_t row = (size_t)tour * k->room;
        for (int j = 0; j < k->count[tour]; j++)
            if (at[k->stop[row + j]] == tour) at[k->stop[row + j]] = -1;
    }
    for (int i = 0; i < k->touches; i++) {
        int tour = k->touched[i], day = k->tour_day[tour];
        int32_t *at = k->at + (size_t)day * k->stores;
        size_t row = (size_t)tour * k->room;
        int count = k->count[tour] = k->old_count[tour];
        memcpy(k->stop + row, k->old_stop + row, count * sizeof(int32_t));
        memcpy(k->leg + row + tour, k->old_leg + row + tour, (count + 1) * sizeof(double));
        for (int j = 0; j < count; j++) at[k->stop[row + j]] = tour;
        k->travel[tour] = k->old_travel[tour];
        k->carried[tour] = k->old_carried[tour];
        k->served[tour] = k->old_served[tour];
        k->price[tour] = k->old_price[tour];
        k->excess[tour] = k->old_excess[tour];
        k->version[tour] = k->old_version[tour];
        k->clocked[tour] = 0;
    }
    for (int i = 0; i < k->moves; i++) {
        int store = k->moved[i];
        if (k->old_chosen[store] >= 0) set_chosen(k, store, k->old_chosen[store]);
        k->visited[store] = k->old_visited[store];
    }
    k->cost = k->old_cost;
    k->over = k->old_over;
}

static void keep_best(Kernel *k) {
    k->best = k->cost;
    memcpy(k->best_chosen, k->chosen, k->stores * sizeof(int32_t));
    memcpy(k->best_count, k->count, k->tours * sizeof(int32_t));
    for (int t = 0; t < k->tours; t++)
        memcpy(k->best_stop + (size_t)t * k->room, k->stop + (size_t)t * k->room,
               k->count[t] * sizeof(int32_t));
}

static void price_anew(Kernel *k) { /* also sheds what rounding has gathered */
    k->cost = k->over = 0;
    for (int s = 0; s < k->stores; s++)
        if (k->chosen[s] >= 0) k->cost += k->pattern_cost[k->chosen[s]];
    for (int t = 0; t < k->tours; t++) {
        uint64_t version = k->version[t];
        uint8_t clocked = k->clocked[t];
        k->price[t] = k->excess[t] = 0;
        measure(k, t);
        k->version[t] = version;
        k->clocked[t] = clocked;
    }
}

static void adjust(Kernel *k) {
    double load = (double)k->load_over / k->seen, work = (double)k->work_over / k->seen;
    k->seen = k->load_over = k->work_over = 0;
    if (load > 0.6) k->pay_load *= 1.15;
    else if (load < 0.4) k->pay_load *= 0.9;
    if (work > 0.6) k->pay_work *= 1.15;
    else if (work < 0.4) k->pay_work *= 0.9;
    price_anew(k);
}

static void see_excess(Kernel *k) {
    int load = 0, work = 0;
    if (k->over > 1e-6)
        for (int t = 0; t < k->tours; t++) {
            load |= k->carried[t] > k->limits[t].load_max + 1e-6;
            work |= k->travel[t] + k->served[t] > k->limits[t].work_max + 1e-6;
        }
    k->seen++;
    k->load_over += load;
    k->work_over += work;
}

double kernel_run(Kernel *k, int64_t steps, double hot, double cold) {
    double heat = hot, cooling = steps > 1 ? pow(cold / hot, 1.0 / (double)steps) : 1;
    begin(k);
    if (k->over < 1e-6 && k->cost < k->best) keep_best(k);
    for (int64_t i = 0; i < steps; i++, heat *= cooling) {
        begin(k);
        ruin(k);
        int placed = place_all(k);
        if (placed && k->cost < k->old_cost - heat * log(chance(&k->luck) + 1e-300)) {
            if (k->over < 1e-6 && k->cost < k->best - 1e-7) keep_best(k);
        } else take_back(k);
        if ((i & 15) == 0) see_excess(k);
        if (k->seen == 64) adjust(k);
    }
    return k->best;
}

/* --- what Python calls ------------------------------------------------------------------------ */

static void *room_for(size_t many, size_t bytes) { return calloc(many ? many : 1, bytes); }
#define ROOM(field, many) k->field = room_for((many), sizeof(*k->field))

static Kernel *sort_near(Kernel *k) {
    for (int s = 0; s < k->stores; s++) {
        int32_t *near = k->near + (size_t)s * (k->stores - 1);
        int many = 0;
        for (int o = 0; o < k->stores; o++) {
            if (o == s) continue;
            double far = k->there[(size_t)s * k->nodes + o] + k->back[(size_t)s * k->nodes + o];
            int at = many++;
            for (; at > 0 && k->key[at - 1] > far; at--) {
                k->key[at] = k->key[at - 1];
                near[at] = near[at - 1];
            }
            k->key[at] = far;
            near[at] = o;
        }
    }
    return k;
}

Kernel *kernel_new(int stores, int nodes, int days, int tours, const double *minutes,
                   const double *service, const double *load, const int32_t *pattern_from,
                   const uint64_t *pattern, const double *pattern_cost, const double *opening,
                   const int32_t *tours_are, const double *limits, uint64_t frozen,
                   const double *dials) {
    Kernel *k = calloc(1, sizeof(Kernel));
    size_t square = (size_t)nodes * nodes, patterns = pattern_from[stores];
    k->stores = stores, k->nodes = nodes, k->days = days, k->tours = tours;
    k->room = stores + 1;
    size_t stops = (size_t)tours * k->room, clocks = opening ? (size_t)tours * (k->room + 2) : 1;
    ROOM(there, square), ROOM(back, square), ROOM(service, stores), ROOM(load, stores);
    ROOM(pattern_from, stores + 1), ROOM(pattern, patterns), ROOM(pattern_cost, patterns);
    ROOM(tour_day, tours), ROOM(tour_start, tours), ROOM(tour_end, tours);
    ROOM(day_tour, days + 1), ROOM(limits, tours), ROOM(near, (size_t)stores * stores);
    ROOM(chosen, stores), ROOM(visited, stores), ROOM(at, (size_t)days * stores);
    ROOM(count, tours), ROOM(stop, stops), ROOM(leg, stops + tours);
    ROOM(travel, tours), ROOM(carried, tours), ROOM(served, tours), ROOM(price, tours);
    ROOM(excess, tours), ROOM(out0, clocks), ROOM(out1, clocks), ROOM(in0, clocks);
    ROOM(in1, clocks), ROOM(clocked, tours), ROOM(version, tours);
    ROOM(memo, (size_t)stores * tours), ROOM(touched_at, tours), ROOM(cut_at, tours);
    ROOM(touched, tours), ROOM(old_count, tours), ROOM(old_stop, stops);
    ROOM(old_leg, stops + tours), ROOM(old_travel, tours), ROOM(old_carried, tours);
    ROOM(old_served, tours), ROOM(old_price, tours), ROOM(old_excess, tours);
    ROOM(old_version, tours), ROOM(moved, stores), ROOM(old_chosen, stores);
    ROOM(old_visited, stores), ROOM(moved_at, stores), ROOM(loose, stores);
    ROOM(loose_at, stores), ROOM(absent, stores), ROOM(absent_at, stores), ROOM(key, stores);
    ROOM(day_more, days), ROOM(day_place, days), ROOM(day_best, days);
    ROOM(best_chosen, stores), ROOM(best_count, tours), ROOM(best_stop, stops);
    for (int a = 0; a < nodes; a++)
        for (int b = 0; b < nodes; b++) {
            k->there[(size_t)a * nodes + b] = minutes[(size_t)a * nodes + b];
            k->back[(size_t)b * nodes + a] = minutes[(size_t)a * nodes + b];
        }
    memcpy(k->service, service, stores * sizeof(double));
    memcpy(k->load, load, stores * sizeof(double));
    memcpy(k->pattern_from, pattern_from, (stores + 1) * sizeof(int32_t));
    memcpy(k->pattern, pattern, patterns * sizeof(uint64_t));
    memcpy(k->pattern_cost, pattern_cost, patterns * sizeof(double));
    if (opening) {
        ROOM(opening, (size_t)days * stores);
        memcpy(k->opening, opening, (size_t)days * stores * sizeof(Opening));
    }
    for (int t = 0; t < tours; t++) {
        k->tour_day[t] = tours_are[3 * t];
        k->tour_start[t] = tours_are[3 * t + 1];
        k->tour_end[t] = tours_are[3 * t + 2];
        k->day_tour[k->tour_day[t] + 1] = t + 1;
    }
    for (int d = 0; d < days; d++) /* days without a tour */
        if (k->day_tour[d + 1] < k->day_tour[d]) k->day_tour[d + 1] = k->day_tour[d];
    memcpy(k->limits, limits, tours * sizeof(Limits));
    k->frozen = frozen;
    k->balance = dials[0], k->work_wanted = dials[1];
    k->pay_load = dials[2], k->pay_work = dials[3];
    k->whole_share = dials[4], k->near_share = dials[5];
    k->out_mean = dials[6], k->string_max = dials[7], k->skip = dials[8];
    k->best = FAR;
    empty_plan(k);
    return sort_near(k);
}

void kernel_seed(Kernel *k, uint64_t seed) {
    k->luck.state = seed * 0x9e3779b97f4a7c15ULL + 1;
    for (int i = 0; i < 8; i++) next(&k->luck);
}

void kernel_forget(Kernel *k) { k->best = FAR; }

double kernel_cost(const Kernel *k, double *over) {
    *over = k->over;
    return k->cost;
}

/* The best plan (or the present one): patterns, counts, stops one after the other. */
void kernel_plan(const Kernel *k, int best, int32_t *chosen, int32_t *count, int32_t *stop) {
    const int32_t *from = best ? k->best_stop : k->stop;
    memcpy(chosen, best ? k->best_chosen : k->chosen, k->stores * sizeof(int32_t));
    memcpy(count, best ? k->best_count : k->count, k->tours * sizeof(int32_t));
    for (int t = 0; t < k->tours; t++)
        for (int i = 0; i < count[t]; i++) *stop++ = from[(size_t)t * k->room + i];
}

void kernel_free(Kernel *k) {
    void *parts[] = {k->there, k->back, k->service, k->load, k->pattern_from, k->pattern,
        k->pattern_cost, k->opening, k->tour_day, k->tour_start, k->tour_end, k->day_tour,
        k->limits, k->near, k->chosen, k->visited, k->at, k->count, k->stop, k->leg, k->travel,
        k->carried, k->served, k->price, k->excess, k->out0, k->out1, k->in0, k->in1, k->clocked,
        k->version, k->memo, k->touched_at, k->cut_at, k->touched, k->old_count, k->old_stop,
        k->old_leg, k->old_travel, k->old_carried, k->old_served, k->old_price, k->old_excess,
        k->old_version, k->moved, k->old_chosen, k->old_visited, k->moved_at, k->loose,
        k->loose_at, k->absent, k->absent_at, k->key, k->day_more, k->day_place, k->day_best,
        k->best_chosen, k->best_count, k->best_stop, k};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) free(parts[i]);
}
