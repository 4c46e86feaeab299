/* One tour: what taking a stop out or putting one in does to its legs and its clocks.
 *
 * Clocks: out0[i] is the earliest end of service at stop i with lunch still to come, out1[i] with
 * lunch eaten; in0[i] and in1[i] are the latest arrivals at stop i that still get the rep home in
 * time. Lunch is eaten on arrival at a stop, before serving it; whoever is home before lunch has to
 * begin needs none. So a store fits at a place if either clock fits: four numbers, no simulation.
 */
#include "kernel.h"
#include <string.h>

static double open_from(const Opening *o, double t) {
    if (!o) return t;
    if (t <= o->until) return t > o->from ? t : o->from;
    if (t <= o->until2) return t > o->from2 ? t : o->from2;
    return FAR;
}

static double open_until(const Opening *o, double t) {
    if (!o) return t;
    if (t >= o->from2) return t < o->until2 ? t : o->until2;
    if (t >= o->from) return t < o->until ? t : o->until;
    return -FAR;
}

static const Opening *opening(const Kernel *k, int day, int store) {
    return k->opening ? &k->opening[(size_t)day * k->stores + store] : 0;
}

void touch(Kernel *k, int tour) {
    if (k->touched_at[tour] == k->step) return;
    k->touched_at[tour] = k->step;
    k->touched[k->touches++] = tour;
    size_t row = (size_t)tour * k->room;
    int count = k->count[tour];
    k->old_count[tour] = count;
    memcpy(k->old_stop + row, k->stop + row, count * sizeof(int32_t));
    memcpy(k->old_leg + row + tour, k->leg + row + tour, (count + 1) * sizeof(double));
    k->old_travel[tour] = k->travel[tour];
    k->old_carried[tour] = k->carried[tour];
    k->old_served[tour] = k->served[tour];
    k->old_price[tour] = k->price[tour];
    k->old_excess[tour] = k->excess[tour];
    k->old_version[tour] = k->version[tour];
}

void keep_store(Kernel *k, int store) {
    if (k->moved_at[store] == k->step) return;
    k->moved_at[store] = k->step;
    k->moved[k->moves++] = store;
    k->old_chosen[store] = k->chosen[store];
    k->old_visited[store] = k->visited[store];
}

void measure(Kernel *k, int tour) {
    int count = k->count[tour], last = k->tour_start[tour];
    const int32_t *stop = k->stop + (size_t)tour * k->room;
    double *leg = k->leg + (size_t)tour * (k->room + 1);
    k->travel[tour] = k->carried[tour] = k->served[tour] = 0;
    for (int i = 0; i <= count; i++) {
        int next = i < count ? stop[i] : k->tour_end[tour];
        leg[i] = count ? k->there[(size_t)last * k->nodes + next] : 0;
        k->travel[tour] += leg[i];
        if (i < count) {
            k->carried[tour] += k->load[next];
            k->served[tour] += k->service[next];
        }
        last = next;
    }
    k->version[tour] = ++k->versions;
    k->clocked[tour] = 0;
    reprice(k, tour);
}

void take_out(Kernel *k, int store, int day) {
    int tour = k->at[(size_t)day * k->stores + store];
    touch(k, tour);
    int32_t *stop = k->stop + (size_t)tour * k->room;
    double *leg = k->leg + (size_t)tour * (k->room + 1);
    int count = k->count[tour], place = 0;
    while (stop[place] != store) place++;
    int last = place ? stop[place - 1] : k->tour_start[tour];
    int next = place + 1 < count ? stop[place + 1] : k->tour_end[tour];
    double joined = count > 1 ? k->there[(size_t)last * k->nodes + next] : 0;
    k->travel[tour] += joined - leg[place] - leg[place + 1];
    k->carried[tour] -= k->load[store];
    k->served[tour] -= k->service[store];
    memmove(stop + place, stop + place + 1, (count - place - 1) * sizeof(int32_t));
    memmove(leg + place, leg + place + 1, (count - place) * sizeof(double));
    leg[place] = joined;
    k->count[tour] = count - 1;
    k->at[(size_t)day * k->stores + store] = -1;
    k->visited[store] &= ~(1ULL << day);
    k->version[tour] = ++k->versions;
    k->clocked[tour] = 0;
    reprice(k, tour);
}

void put_in(Kernel *k, int store, int tour, int place) {
    touch(k, tour);
    int32_t *stop = k->stop + (size_t)tour * k->room;
    double *leg = k->leg + (size_t)tour * (k->room + 1);
    int count = k->count[tour], day = k->tour_day[tour];
    int last = place ? stop[place - 1] : k->tour_start[tour];
    int next = place < count ? stop[place] : k->tour_end[tour];
    memmove(stop + place + 1, stop + place, (count - place) * sizeof(int32_t));
    memmove(leg + place + 1, leg + place, (count - place + 1) * sizeof(double));
    double gone = leg[place + 1];
    stop[place] = store;
    leg[place] = k->there[(size_t)last * k->nodes + store];
    leg[place + 1] = k->there[(size_t)store * k->nodes + next];
    k->travel[tour] += leg[place] + leg[place + 1] - gone;
    k->carried[tour] += k->load[store];
    k->served[tour] += k->service[store];
    k->count[tour] = count + 1;
    k->at[(size_t)day * k->stores + store] = tour;
    k->visited[store] |= 1ULL << day;
    k->version[tour] = ++k->versions;
    k->clocked[tour] = 0;
    reprice(k, tour);
}

double price_of(const Kernel *k, int tour, double travel, double carried, double served,
                double *over) {
    const Limits *l = &k->limits[tour];
    double work = travel + served, price = travel;
    double load_over = carried - l->load_max, work_over = work - l->work_max;
    *over = 0;
    if (load_over > 1e-7) { price += k->pay_load * load_over; *over += load_over; }
    if (work_over > 1e-7) { price += k->pay_work * work_over; *over += work_over; }
    if (k->balance > 0) {
        double off = work - k->work_wanted;
        price += k->balance * off * off / k->work_wanted;
    }
    return price;
}

void reprice(Kernel *k, int tour) {
    double over;
    k->cost -= k->price[tour];
    k->over -= k->excess[tour];
    k->price[tour] = price_of(k, tour, k->travel[tour], k->carried[tour], k->served[tour], &over);
    if (k->count[tour]) k->price[tour] += k->limits[tour].fixed;
    k->excess[tour] = over;
    k->cost += k->price[tour];
    k->over += over;
}

static void set_clocks(Kernel *k, int tour) {
    const Limits *l = &k->limits[tour];
    int count = k->count[tour], day = k->tour_day[tour];
    const int32_t *stop = k->stop + (size_t)tour * k->room;
    const double *leg = k->leg + (size_t)tour * (k->room + 1);
    size_t row = (size_t)tour * (k->room + 2);
    double *out0 = k->out0 + row, *out1 = k->out1 + row, *in0 = k->in0 + row, *in1 = k->in1 + row;
    k->clocked[tour] = 1;
    /* out[0] is the start from home, out[i + 1] the end of service at stop i */
    out0[0] = l->lunch > 0 ? l->clock_from : FAR;
    out1[0] = l->lunch > 0 ? FAR : l->clock_from;
    for (int i = 0; i < count; i++) {
        const Opening *o = opening(k, day, stop[i]);
        double served = k->service[stop[i]], best = open_from(o, out1[i] + leg[i]);
        out0[i + 1] = FAR;
        if (l->lunch > 0 && out0[i] < FAR) {
            double arrive = out0[i] + leg[i], sit = arrive > l->lunch_from ? arrive : l->lunch_from;
            out0[i + 1] = open_from(o, arrive) + served;
            if (sit <= l->lunch_until) {
                double eaten = open_from(o, sit + l->lunch);
                if (eaten < best) best = eaten;
            }
        }
        out1[i + 1] = best + served;
    }
    in1[count] = l->clock_to;
    in0[count] = l->clock_to < l->lunch_until ? l->clock_to : l->lunch_until;
    for (int i = count - 1; i >= 0; i--) {
        const Opening *o = opening(k, day, stop[i]);
        double served = k->service[stop[i]];
        in1[i] = open_until(o, in1[i + 1] - leg[i + 1] - served);
        in0[i] = -FAR;
        if (l->lunch > 0) {
            double last = in1[i] - l->lunch;
            in0[i] = open_until(o, in0[i + 1] - leg[i + 1] - served);
            if (last > l->lunch_until) last = l->lunch_until;
            if (last >= l->lunch_from && last > in0[i]) in0[i] = last;
        }
    }
}

/* Does the store fit between stops place - 1 and place by the clock? */
static int fits(const Kernel *k, int store, int tour, int place, double to, double on) {
    const Limits *l = &k->limits[tour];
    size_t row = (size_t)tour * (k->room + 2);
    double out0 = k->out0[row + place], out1 = k->out1[row + place];
    double in0 = k->in0[row + place], in1 = k->in1[row + place];
    double served = k->service[store];
    const Opening *o = opening(k, k->tour_day[tour], store);
    if (out1 < FAR && open_from(o, out1 + to) + served + on <= in1 + 1e-9) return 1;
    if (l->lunch > 0 && out0 < FAR) {
        double arrive = out0 + to, sit = arrive > l->lunch_from ? arrive : l->lunch_from;
        if (open_from(o, arrive) + served + on <= in0 + 1e-9) return 1;
        if (sit <= l->lunch_until
            && open_from(o, sit + l->lunch) + served + on <= in1 + 1e-9) return 1;
    }
    return 0;
}

Memo *cheapest(Kernel *k, int store, int tour) {
    Memo *memo = &k->memo[(size_t)store * k->tours + tour];
    if (memo->version == k->version[tour]) return memo;
    int count = k->count[tour], last = k->tour_start[tour];
    const int32_t *stop = k->stop + (size_t)tour * k->room;
    const double *leg = k->leg + (size_t)tour * (k->room + 1);
    const double *from = k->back + (size_t)store * k->nodes;
    const double *on = k->there + (size_t)store * k->nodes;
    memo->version = k->version[tour];
    memo->more = memo->more2 = FAR;
    memo->place = memo->place2 = -1;
    if (k->opening && !k->clocked[tour]) set_clocks(k, tour);
    for (int i = 0; i <= count; i++) {
        int next = i < count ? stop[i] : k->tour_end[tour];
        double more = from[last] + on[next] - leg[i];
        if (more < memo->more2 && (!k->opening || fits(k, store, tour, i, from[last], on[next]))) {
            if (more < memo->more) {
                memo->more2 = memo->more;
                memo->place2 = memo->place;
                memo->more = more;
                memo->place = i;
            } else {
                memo->more2 = more;
                memo->place2 = i;
            }
        }
        last = next;
    }
    return memo;
}

/* Is everybody served in time and the rep home? Where legs break the triangle's rule, taking a stop
 * out may make a tour later, so this is asked of every tour that changed. */
int on_time(Kernel *k, int tour) {
    if (!k->opening) return 1;
    if (!k->clocked[tour]) set_clocks(k, tour);
    const Limits *l = &k->limits[tour];
    int count = k->count[tour];
    size_t row = (size_t)tour * (k->room + 2);
    double home = k->leg[(size_t)tour * (k->room + 1) + count];
    double early = l->clock_to < l->lunch_until ? l->clock_to : l->lunch_until;
    return !count || k->out1[row + count] + home <= l->clock_to + 1e-6
        || (l->lunch > 0 && k->out0[row + count] + home <= early + 1e-6);
}
