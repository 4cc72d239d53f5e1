/* The compiled helper: rewrite, protect and send one packet to many viewers (see native.py).
 *
 * Plain C without Python and without libsrtp's headers: `protect` is pylibsrtp's own srtp_protect, handed in as a
 * pointer. All memory belongs to the caller. A `gs_wire` without a key is closed: nothing is sent to it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <netinet/in.h>

#define RING 256
#define ROOM 2048
#define TRAILER 148

typedef int (*gs_protect)(void *srtp, void *packet, int *length);

struct gs_wire {
    void *srtp;
    int fd;
    uint32_t address_length;
    uint8_t address[28];
    uint32_t unsent;
};

struct gs_slot {
    struct gs_wire *wire;
    int64_t first;   /* of the layer's numbers: earlier packets are not for this slot */
    int64_t soff;    /* added to the layer's number */
    uint32_t toff, ssrc, csrc, timed;
    uint16_t poff;
    uint8_t loff, pt;
};

struct gs_packet {
    const uint8_t *payload;
    int32_t size, pid_at, tl0_at;
    int64_t seq;
    uint32_t ts, send_time;
    uint16_t pid;
    uint8_t tl0, marker, newest;
};

struct gs_ring {
    gs_protect protect;
    int fd;
    uint32_t count;
    uint64_t sent;
    struct gs_wire *to[RING];
    struct iovec vectors[RING];
    struct mmsghdr messages[RING];
    uint8_t space[RING][ROOM] __attribute__((aligned(16)));
};

size_t gs_ring_size(void) { return sizeof(struct gs_ring); }

void gs_ring_init(struct gs_ring *ring, void *protect) {
    memset(ring, 0, sizeof *ring);
    ring->protect = (gs_protect)protect;
    ring->fd = -1;
    for (int i = 0; i < RING; i++) {
        ring->vectors[i].iov_base = ring->space[i];
        ring->messages[i].msg_hdr.msg_iov = &ring->vectors[i];
        ring->messages[i].msg_hdr.msg_iovlen = 1;
    }
}

void gs_flush(struct gs_ring *ring) {
    uint32_t done = 0;
    while (done < ring->count) {
        int sent = sendmmsg(ring->fd, ring->messages + done, ring->count - done, MSG_DONTWAIT);
        if (sent > 0) {
            done += (uint32_t)sent;
            ring->sent += (uint64_t)sent;
            continue;
        }
        /* A full buffer loses the rest of the burst; one that cannot be sent must not hold the others back. */
        uint32_t lost = (errno == EAGAIN || errno == ENOBUFS) ? ring->count - done : 1;
        for (uint32_t i = done; i < done + lost; i++) ring->to[i]->unsent++;
        done += lost;
    }
    ring->count = 0;
}

static uint8_t *put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value) {
    return put16(put16(at, value >> 16), value);
}

void gs_forward(struct gs_ring *ring, struct gs_slot *const *slots, int many, const struct gs_packet *packet) {
    if (packet->size < 0 || packet->size > ROOM - 24 - TRAILER) return;
    for (int i = 0; i < many; i++) {
        const struct gs_slot *slot = slots[i];
        struct gs_wire *wire = slot->wire;
        if (!wire->srtp || (!packet->newest && packet->seq < slot->first)) continue;
        if (ring->count == RING || (ring->count && wire->fd != ring->fd)) gs_flush(ring);
        ring->fd = wire->fd;
        uint32_t place = ring->count;
        uint8_t *start = ring->space[place], *at = start;
        *at++ = slot->timed ? 0x91 : 0x81;
        *at++ = packet->marker | slot->pt;
        at = put16(at, (uint32_t)(packet->seq + slot->soff));
        at = put32(at, packet->ts + slot->toff);
        at = put32(at, slot->ssrc);
        at = put32(at, slot->csrc);
        if (slot->timed) {
            at = put32(at, 0xBEDE0001u);
            at = put32(at, slot->timed | packet->send_time);
        }
        memcpy(at, packet->payload, (size_t)packet->size);
        if (packet->pid_at >= 0) put16(at + packet->pid_at, 0x8000u | ((packet->pid + slot->poff) & 0x7FFFu));
        if (packet->tl0_at >= 0) at[packet->tl0_at] = (uint8_t)(packet->tl0 + slot->loff);
        int length = (int)(at - start) + packet->size;
        if (ring->protect(wire->srtp, start, &length)) continue;
        ring->vectors[place].iov_len = (size_t)length;
        ring->messages[place].msg_hdr.msg_name = wire->address;
        ring->messages[place].msg_hdr.msg_namelen = wire->address_length;
        ring->to[place] = wire;
        ring->count++;
    }
}
