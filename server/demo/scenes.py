"""Draws what an inspector photographs: little scenes, each drawing its own from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import ImageDraw, ImageFont

SIZE = (640, 480)
WIDTH, HEIGHT = SIZE

Draw = ImageDraw.ImageDraw
Scene = Callable[[Draw, random.Random], None]
DARK = "#23272b"
BODIES = ("#e8ece9", "#2f7d4f", "#2d6ca8", "#d8a72a", "#c9d6df")


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def blotches(
    draw: Draw,
    rng: random.Random,
    box: tuple[int, int, int, int],
    count: int,
    colours: tuple[str, ...],
    most: int = 26,
) -> None:
    """Irregular stains inside the box."""
    for _ in range(count):
        x, y = rng.randint(box[0], box[2]), rng.randint(box[1], box[3])
        w, h = rng.randint(3, most), rng.randint(2, most // 2 + 2)
        draw.ellipse((x, y, x + w, y + h), fill=rng.choice(colours))


def draw_side(draw: Draw, rng: random.Random) -> None:
    """A bus from the side with mud along the sill, and now and then a dent."""
    draw.rectangle((0, 0, WIDTH, 60), fill=rng.choice(("#bcd0dc", "#c8ccce", "#a9bcc4")))
    draw.rectangle((0, 330, WIDTH, HEIGHT), fill="#8b8d8a")
    draw.rectangle((0, 60, WIDTH, 375), fill=rng.choice(BODIES))
    draw.rectangle((0, 210, WIDTH, 232), fill=rng.choice(("#b3261e", "#1f5fa8", "#2e7d32")))
    for x in range(rng.randint(-60, 0), WIDTH, 170):
        draw.rounded_rectangle((x, 85, x + 150, 190), 10, fill="#3d4c57", outline=DARK, width=4)
        draw.line((x + 20, 180, x + 70, 95), fill="#64798a", width=8)
    wheel = rng.randint(120, 480)
    draw.ellipse((wheel - 75, 290, wheel + 75, 440), fill="#15171a")
    draw.ellipse((wheel - 36, 329, wheel + 36, 401), fill="#8f9499", outline="#5a5f64", width=6)
    mud = ("#7a6548", "#8d7757", "#6b573c", "#a08a68")
    blotches(draw, rng, (0, 270, WIDTH, 365), rng.randint(120, 260), mud)
    if rng.random() < 0.4:
        x = rng.randint(60, 520)
        draw.polygon([(x, 250), (x + 70, 244), (x + 52, 286), (x + 8, 280)], fill="#9aa0a3")
        draw.line((x - 20, 262, x + 90, 256), fill="#5d6367", width=3)


def draw_window(draw: Draw, rng: random.Random) -> None:
    """A window with smears, sometimes cracked."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#4a5157")
    draw.rounded_rectangle((40, 40, 600, 420), 24, fill="#a9c0cc", outline="#1d2124", width=12)
    draw.polygon([(60, 300), (250, 220), (430, 290), (590, 240), (590, 410), (60, 410)], "#7c9a78")
    blotches(draw, rng, (70, 70, 560, 380), rng.randint(40, 90), ("#c4d3da", "#b7c8cf", "#93a8b2"))
    if rng.random() < 0.35:
        x, y = rng.randint(150, 450), rng.randint(120, 300)
        for _ in range(7):
            far = (x + rng.randint(-150, 150), y + rng.randint(-130, 130))
            draw.line((x, y, *far), fill="#e9f1f4", width=2)


def draw_seat(draw: Draw, rng: random.Random) -> None:
    """Two seats and a rail, worn or dirty."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#b9bdb6")
    draw.rectangle((0, 390, WIDTH, HEIGHT), fill="#6f6f6a")
    cloth = rng.choice(("#2f5d8a", "#3d6b58", "#7a3b3b", "#d9822b"))
    for x in (70, 340):
        draw.rounded_rectangle((x, 70, x + 220, 290), 34, fill=cloth, outline=DARK, width=3)
        draw.rounded_rectangle((x - 8, 285, x + 232, 372), 22, fill=cloth, outline=DARK, width=3)
        draw.line((x + 110, 95, x + 110, 270), fill="#1f3044", width=2)
    draw.line((30, 40, 620, 40), fill="#f2c230", width=16)
    blotches(draw, rng, (90, 110, 530, 360), rng.randint(12, 40), ("#8c8577", "#a89f8d", "#5f594d"))
    if rng.random() < 0.4:
        x = rng.choice((150, 420))
        draw.polygon([(x, 180), (x + 60, 170), (x + 44, 225), (x + 12, 232)], fill="#e3d7b5")


def draw_floor(draw: Draw, rng: random.Random) -> None:
    """A floor with what passengers left on it."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#8a8c8d")
    for y in range(0, HEIGHT, 28):
        draw.line((0, y, WIDTH, y), fill="#7c7e80", width=3)
    draw.rectangle((0, 0, 110, HEIGHT), fill="#54595d")
    blotches(draw, rng, (120, 20, 620, 460), 60, ("#807b70", "#94908a"), 12)
    for _ in range(rng.randint(3, 7)):
        x, y = rng.randint(140, 560), rng.randint(60, 420)
        kind = rng.randrange(3)
        if kind == 0:
            corners = [(x, y), (x + 46, y + 8), (x + 38, y + 40), (x - 6, y + 30)]
            draw.polygon(corners, fill="#f3f1ec", outline="#bdbab2")
        elif kind == 1:
            draw.ellipse((x, y, x + 34, y + 20), fill=rng.choice(("#e0902f", "#c9b04a", "#8f5a2a")))
        else:
            draw.rounded_rectangle((x, y, x + 86, y + 26), 10, fill="#9fd0e6", outline="#5b91aa")
            draw.rectangle((x + 80, y + 6, x + 98, y + 20), fill="#2668b0")


def draw_tyre(draw: Draw, rng: random.Random) -> None:
    """A tyre close up, with a depth gauge."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#5e6163")
    draw.ellipse((-120, -60, 560, 620), fill="#1a1c1e")
    for ring in range(5):
        gap = 34 * ring
        draw.arc((-100 + gap, -40 + gap, 540 - gap, 600 - gap), 180, 360, fill="#33373a", width=14)
    draw.ellipse((90, 150, 350, 410), fill="#9b9fa3", outline="#6a6e72", width=8)
    x = rng.randint(380, 430)
    draw.rectangle((x, 60, x + 26, 240), fill="#d7dbdf", outline="#60656a", width=2)
    for y in range(70, 236, 12):
        draw.line((x, y, x + 12, y), fill="#1b1d1f", width=2)
    draw.rectangle((x - 14, rng.randint(120, 200), x + 40, 214), fill="#c62828")


def draw_lamp(draw: Draw, rng: random.Random) -> None:
    """A rear lamp cluster with one lamp out."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=rng.choice(BODIES))
    draw.rounded_rectangle((180, 50, 460, 430), 40, fill="#2a2d30", outline="#111", width=6)
    out = rng.randrange(3)
    for number, (lit, dull) in enumerate(
        (("#ffb300", "#7a5a1e"), ("#ff3b30", "#5c1f1b"), ("#fafafa", "#8d9092"))
    ):
        y = 80 + number * 112
        draw.ellipse((225, y, 415, y + 100), fill=dull if number == out else lit, outline="#111")
        if number != out:
            draw.ellipse((270, y + 22, 330, y + 56), fill="#fff3d0")
    blotches(draw, rng, (20, 330, 620, 460), 50, ("#8d7757", "#a08a68"), 14)


def draw_drip(draw: Draw, rng: random.Random) -> None:
    """A puddle of oil under the rear."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#9b9c98")
    blotches(draw, rng, (0, 180, WIDTH, HEIGHT), 120, ("#8f908c", "#a6a7a3"), 30)
    draw.rectangle((0, 0, WIDTH, 120), fill="#2b2e30")
    draw.rectangle((90, 100, 260, 150), fill="#3a3e41")
    draw.ellipse((430, -60, 640, 150), fill="#131517")
    x, y = rng.randint(170, 300), rng.randint(270, 330)
    draw.ellipse((x, y, x + 200, y + 80), fill="#26211b")
    draw.ellipse((x + 40, y + 14, x + 130, y + 40), fill="#4b4336")
    for drop in range(150, y, 34):
        draw.ellipse((x + 70, drop, x + 78, drop + 14), fill="#26211b")
