"""More scenes: what hangs, lights up or is written inside a bus."""

from __future__ import annotations

import math
import random

from server.demo.scenes import DARK, HEIGHT, WIDTH, Draw, blotches, font


def draw_extinguisher(draw: Draw, rng: random.Random) -> None:
    """An extinguisher whose needle has left the green."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#c3c6c1")
    draw.rounded_rectangle((60, 150, 260, 470), 60, fill="#c62828", outline="#7f1414", width=6)
    draw.rectangle((120, 90, 200, 160), fill="#2b2b2b")
    draw.rectangle((90, 250, 230, 360), fill="#f4ead0")
    for line in range(4):
        draw.line((104, 270 + line * 22, 216 - line * 12, 270 + line * 22), fill="#777", width=4)
    centre, radius = (430, 240), 150
    box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
    draw.ellipse(box, fill="#f7f7f5", outline=DARK, width=12)
    for start, end, colour in ((150, 225, "#c62828"), (225, 315, "#2e7d32"), (315, 390, "#e0b400")):
        draw.arc(box, start, end, fill=colour, width=34)
    angle = math.radians(rng.choice((rng.randint(158, 214), rng.randint(335, 380))))
    tip = (centre[0] + 112 * math.cos(angle), centre[1] + 112 * math.sin(angle))
    draw.line((*centre, *tip), fill="#111", width=8)
    draw.ellipse((418, 228, 442, 252), fill="#111")


def draw_hammer(draw: Draw, rng: random.Random) -> None:
    """Hammer holders by the window, one of them empty."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#d4d6d2")
    draw.rectangle((0, 0, WIDTH, 170), fill="#8fb0c0")
    draw.rectangle((0, 165, WIDTH, 190), fill="#2c3033")
    empty = rng.randrange(2)
    for number, x in enumerate((110, 370)):
        draw.rounded_rectangle(
            (x, 230, x + 160, 400), 14, fill="#b3261e", outline="#7c1712", width=4
        )
        draw.rectangle((x + 20, 250, x + 140, 286), fill="#f5efe0")
        draw.text((x + 34, 256), "EMERGENCY", fill="#b3261e", font=font(16))
        if number == empty:
            draw.rounded_rectangle((x + 30, 306, x + 130, 380), 8, fill="#5a110d")
        else:
            draw.rectangle((x + 74, 300, x + 88, 390), fill="#f2c230")
            draw.polygon([(x + 40, 300), (x + 122, 300), (x + 134, 318), (x + 28, 318)], "#d9d9d9")
    blotches(draw, rng, (20, 410, 600, 470), 20, ("#bdbfb9", "#aeb0aa"))


def draw_dash(draw: Draw, rng: random.Random) -> None:
    """A dashboard with a warning lamp, and things that do not belong there."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#1e2226")
    draw.rectangle((0, 0, WIDTH, 110), fill="#93a9b4")
    for x in (180, 450):
        draw.ellipse((x - 110, 150, x + 110, 370), fill="#0e1113", outline="#50585f", width=6)
        for tick in range(11):
            angle = math.radians(150 + tick * 24)
            near = (x + 84 * math.cos(angle), 260 + 84 * math.sin(angle))
            far = (x + 100 * math.cos(angle), 260 + 100 * math.sin(angle))
            draw.line((*near, *far), fill="#e8ecef", width=3)
        angle = math.radians(rng.randint(150, 300))
        draw.line((x, 260, x + 80 * math.cos(angle), 260 + 80 * math.sin(angle)), "#ff5a36", 5)
    lit = rng.randrange(5)
    for lamp in range(5):
        colour = rng.choice(("#ff3b30", "#ffb300")) if lamp == lit else "#33393e"
        draw.ellipse((255 + lamp * 28, 385, 277 + lamp * 28, 407), fill=colour)
    if rng.random() < 0.5:
        x = rng.randint(40, 520)
        draw.rounded_rectangle((x, 40, x + 46, 140), 10, fill="#8fd0e8", outline="#4c8aa4", width=3)
    draw.arc((60, 330, 580, 800), 180, 360, fill="#0a0c0d", width=40)


def draw_door(draw: Draw, rng: random.Random) -> None:
    """A folding door and the step; sometimes goods stand in the way."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#9aa2a6")
    gap = rng.randint(8, 46)
    for left, right in ((90, 310 - gap), (320 + gap, 550)):
        draw.rectangle((left, 20, right, 430), fill="#39424a", outline="#14181b", width=6)
        draw.rectangle((left + 24, 50, right - 24, 250), fill="#9fb9c6")
        draw.rectangle((left + 24, 270, right - 24, 400), fill="#85a1ae")
    draw.rectangle((60, 430, 580, HEIGHT), fill="#44484b")
    draw.line((60, 436, 580, 436), fill="#f2c230", width=10)
    if rng.random() < 0.5:
        x = rng.randint(130, 360)
        draw.rectangle((x, 300, x + 150, 432), fill="#b98a55", outline="#7d5a33", width=4)
        draw.line((x, 340, x + 150, 340), fill="#d9b98a", width=12)


def draw_form(draw: Draw, rng: random.Random) -> None:
    """A sheet on a clipboard with lines left open."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#6d5a45")
    draw.rounded_rectangle((110, 10, 530, 476), 14, fill="#8a6a43", outline="#5b4428", width=5)
    draw.rectangle((140, 56, 500, 460), fill="#faf8f2")
    draw.rounded_rectangle((260, 2, 380, 62), 10, fill="#b9bec2", outline="#767c81", width=4)
    open_lines = rng.sample(range(9), rng.randint(2, 4))
    for row in range(9):
        y = 92 + row * 36
        draw.line((150, y + 26, 490, y + 26), fill="#9aa5ad", width=2)
        draw.rectangle((156, y, 156 + rng.randint(90, 150), y + 9), fill="#4c545a")
        if row not in open_lines:
            points = [(400, y + 12), (410, y + 20), (436, y - 2)]
            draw.line(points, fill="#1d4fa3", width=5, joint="curve")
    draw.line((380, 80, 380, 420), fill="#9aa5ad", width=2)
    blotches(draw, rng, (150, 380, 480, 450), 3, ("#e5dcc4", "#ded2b4"), 40)


def draw_display(draw: Draw, rng: random.Random) -> None:
    """The line display with broken rows of lamps, and the card reader below."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#30363a")
    draw.rounded_rectangle((50, 50, 590, 190), 12, fill="#0b0d0e", outline="#555b60", width=5)
    dead = rng.sample(range(9), 3)
    for row in range(9):
        for column in range(43):
            if row not in dead and rng.random() < 0.38:
                x, y = 66 + column * 12, 68 + row * 12
                draw.ellipse((x, y, x + 8, y + 8), fill="#ff6d1f")
    draw.rounded_rectangle((210, 240, 430, 460), 20, fill="#dfe3e6", outline="#8d9397", width=5)
    draw.rectangle((236, 264, 404, 344), fill="#16324a")
    draw.text((262, 290), rng.choice(("ERROR 07", "OFFLINE", "NO GPS")), "#e6f2ff", font(24))
    draw.ellipse((284, 366, 356, 438), outline="#0958d9", width=8)


def draw_plate(draw: Draw, rng: random.Random) -> None:
    """A number plate that can hardly be read for mud."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#d5d8d6")
    draw.rectangle((0, 330, WIDTH, HEIGHT), fill="#26292c")
    back, ink = rng.choice((("#1f56b0", "#f6f8fb"), ("#3fae6a", "#10231a")))
    draw.rounded_rectangle((110, 170, 530, 300), 16, fill=back, outline=ink, width=5)
    draw.text((150, 192), f"R {rng.randrange(100_000):05d}", fill=ink, font=font(80))
    mud = ("#7a6548", "#8d7757", "#6b573c")
    blotches(draw, rng, (100, 200, 520, 320), rng.randint(30, 70), mud)
