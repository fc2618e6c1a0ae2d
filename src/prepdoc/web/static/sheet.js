// One page of the statement: before and after, and the places on it that a person moves.

import * as server from "./server.js";
import { fill, say } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP_PT = 2;
const LEAST_PT = 4;
const GROWN_PT = 2;

export class Sheet {
  /** `choices` is shared by all pages; `changed(number)` is called when a person changed it. */
  constructor(id, number, choices, changed) {
    this.id = id;
    this.number = number;
    this.choices = choices;
    this.changed = changed;
    this.turn = 0;
    this.isDrawing = false;
    this.isNear = false;
    this.told = null;
    const made = document.getElementById("page").content.cloneNode(true);
    this.element = made.querySelector("article");
    this.places = made.querySelector(".places");
    this.after = made.querySelector(".after");
    this.trouble = made.querySelector(".trouble");
    made.querySelector(".before").src = server.before(id, number);
    this.speak();
    this.places.addEventListener("pointerdown", (event) => this.begin(event));
  }

  /** The words in the language spoken. */
  speak() {
    fill(this.element);
    this.element.querySelector("h3").textContent = say("page", { number: this.number });
    this.element.querySelector(".before").alt = `${say("page", { number: this.number })}: ${say("before")}`;
    this.after.alt = `${say("page", { number: this.number })}: ${say("after")}`;
    this.places.setAttribute("aria-label", this.after.alt);
    if (this.told) this.draw();
  }

  /** Ask what the page looks like now, and show it. */
  async look() {
    const turn = ++this.turn;
    try {
      const told = await server.look(this.id, this.number, this.choices);
      if (turn !== this.turn) return;
      this.told = told;
      this.trouble.textContent = "";
      this.after.src = server.after(this.id, this.number, turn);
      this.draw();
    } catch (error) {
      if (turn === this.turn) this.trouble.textContent = error.message || say("unreachable");
    }
  }

  // --- places ---------------------------------------------------------------------------------

  draw() {
    const focused = document.activeElement?.dataset?.place;
    this.places.setAttribute("viewBox", `0 0 ${this.told.width} ${this.told.height}`);
    this.places.replaceChildren(
      ...this.told.cards.flatMap((card) => this.card(card)),
      ...this.told.stamps.map((stamp) => this.stamp(stamp)),
      ...this.choices.drawn.filter((one) => one.page === this.number).map((one, i) => this.drawn(one, i)),
    );
    if (focused) this.places.querySelector(`[data-place="${focused}"]`)?.focus();
  }

  card(card) {
    const brand = card.brand ?? say("some-card");
    const words = card.last_four ? say("card", { brand, last_four: card.last_four }) : say("card-hidden", { brand });
    const shapes = [
      ...card.mask.map((corners) => this.mask(corners, words)),
      ...card.keep.map((corners) => shape(corners, "keep", words)),
    ];
    if (card.removable && card.mask.length) shapes.push(this.remover(card));
    return shapes;
  }

  /** A found mask stays; pressed, it gets a larger one over it that can be changed. */
  mask(corners, words) {
    const element = shape(corners, "mask", `${words}. ${say("enlarge")}`);
    pressable(element, () => this.addMask(grown(corners)));
    return element;
  }

  remover(card) {
    const [x, y] = card.mask[0][0];
    return button(x, y, say("remove"), () => {
      this.choices.kept.push(card.id);
      this.changed(null);
    });
  }

  stamp(stamp) {
    const element = shape(stamp.corners, "stamp", say("stamp"));
    element.dataset.place = `stamp-${this.number}`;
    makeMovable(element);
    element.addEventListener("keydown", (event) => this.moveStampByKey(event, stamp));
    return element;
  }

  drawn(one, index) {
    const group = document.createElementNS(SVG, "g");
    const [x0, y0, x1, y1] = one.box;
    const box = shape([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], "drawn", say("mask-drawn"));
    box.dataset.place = `drawn-${this.number}-${index}`;
    makeMovable(box);
    box.addEventListener("keydown", (event) => this.changeByKey(event, one));
    const handle = document.createElementNS(SVG, "circle");
    handle.setAttribute("class", "handle");
    set(handle, { cx: x1, cy: y1, r: 5 });
    group.append(box, handle, button(x1, y0, say("unmask"), () => this.forget(one)));
    box.one = handle.one = one;
    return group;
  }

  forget(one) {
    this.choices.drawn.splice(this.choices.drawn.indexOf(one), 1);
    this.changed(this.number);
  }

  // --- by pointer -----------------------------------------------------------------------------

  begin(event) {
    const kind = event.target.getAttribute("class");
    const start = this.point(event);
    if (kind === "handle") this.follow(event, this.resizing(event.target.one));
    else if (kind === "drawn") this.follow(event, this.moving(event.target.one, start));
    else if (kind === "stamp") this.follow(event, this.stamping(event.target, start));
    else if (this.isDrawing) this.follow(event, this.drawing(start));
  }

  /** Where the pointer is, in points of the page. */
  point(event) {
    const frame = this.places.getBoundingClientRect();
    return [
      ((event.clientX - frame.left) / frame.width) * this.told.width,
      ((event.clientY - frame.top) / frame.height) * this.told.height,
    ];
  }

  follow(event, { move, end }) {
    event.preventDefault();
    this.places.setPointerCapture(event.pointerId);
    const moved = (next) => move(this.point(next));
    const stop = (last) => {
      this.places.removeEventListener("pointermove", moved);
      end(this.point(last));
    };
    this.places.addEventListener("pointermove", moved);
    this.places.addEventListener("pointerup", stop, { once: true });
  }

  drawing([x, y]) {
    const one = { page: this.number, box: [x, y, x, y] };
    this.choices.drawn.push(one);
    const move = ([a, b]) => {
      one.box = [Math.min(x, a), Math.min(y, b), Math.max(x, a), Math.max(y, b)];
      this.draw();
    };
    const end = (at) => {
      move(at);
      if (isSmall(one.box)) this.forget(one);
      else this.changed(this.number);
    };
    return { move, end };
  }

  moving(one, [x, y]) {
    const [x0, y0, x1, y1] = one.box;
    const move = ([a, b]) => {
      one.box = [x0 + a - x, y0 + b - y, x1 + a - x, y1 + b - y];
      this.draw();
    };
    return { move, end: () => this.changed(this.number) };
  }

  resizing(one) {
    const [x0, y0] = one.box;
    const move = ([a, b]) => {
      one.box = [x0, y0, Math.max(a, x0 + LEAST_PT), Math.max(b, y0 + LEAST_PT)];
      this.draw();
    };
    return { move, end: () => this.changed(this.number) };
  }

  stamping(element, [x, y]) {
    const move = ([a, b]) => element.setAttribute("transform", `translate(${a - x} ${b - y})`);
    const end = ([a, b]) => {
      const [cx, cy] = centre(this.told.stamps[0].corners);
      if (Math.hypot(a - x, b - y) > 1) this.putStamp(cx + a - x, cy + b - y);
    };
    return { move, end };
  }

  putStamp(x, y) {
    this.choices.stamp_at = { page: this.number, x, y };
    this.changed(this.number);
  }

  /** A new mask, by itself of a number's size in the middle, ready for the arrow keys. */
  addMask(box) {
    if (!this.told) return;
    const x = this.told.width / 2, y = this.told.height / 2;
    this.choices.drawn.push({ page: this.number, box: box ?? [x - 50, y - 8, x + 50, y + 8] });
    this.draw();
    [...this.places.querySelectorAll("[data-place^=drawn]")].at(-1).focus();
    this.changed(this.number);
  }

  // --- by keyboard ----------------------------------------------------------------------------

  changeByKey(event, one) {
    const [dx, dy] = STEPS[event.key] ?? [0, 0];
    if (event.key === "Delete" || event.key === "Backspace") this.forget(one);
    else if (dx || dy) {
      const [x0, y0, x1, y1] = one.box;
      const right = Math.max(x1 + dx, x0 + LEAST_PT), bottom = Math.max(y1 + dy, y0 + LEAST_PT);
      one.box = event.shiftKey ? [x0, y0, right, bottom] : [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
      this.draw();
      this.changed(this.number);
    } else return;
    event.preventDefault();
  }

  moveStampByKey(event, stamp) {
    const [dx, dy] = STEPS[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    const [x, y] = centre(stamp.corners);
    this.putStamp(x + 10 * dx, y + 10 * dy);
    event.preventDefault();
  }
}

const STEPS = {
  ArrowLeft: [-STEP_PT, 0],
  ArrowRight: [STEP_PT, 0],
  ArrowUp: [0, -STEP_PT],
  ArrowDown: [0, STEP_PT],
};

function isSmall([x0, y0, x1, y1]) {
  return x1 - x0 < LEAST_PT || y1 - y0 < LEAST_PT;
}

function centre(corners) {
  const sum = corners.reduce(([a, b], [x, y]) => [a + x, b + y], [0, 0]);
  return sum.map((value) => value / corners.length);
}

function shape(corners, kind, words) {
  const element = document.createElementNS(SVG, "polygon");
  set(element, { points: corners.map((corner) => corner.join(",")).join(" "), class: kind });
  const title = document.createElementNS(SVG, "title");
  title.textContent = words;
  element.append(title);
  return element;
}

function makeMovable(element) {
  set(element, { tabindex: 0, role: "img", "aria-label": element.textContent });
}

function button(x, y, words, pressed) {
  const element = document.createElementNS(SVG, "g");
  set(element, { class: "button", role: "button", tabindex: 0, "aria-label": words, transform: `translate(${x} ${y})` });
  const disc = document.createElementNS(SVG, "circle");
  set(disc, { r: 6 });
  const cross = document.createElementNS(SVG, "path");
  set(cross, { d: "M-2.5-2.5 2.5 2.5M2.5-2.5-2.5 2.5" });
  element.append(disc, cross);
  element.addEventListener("pointerdown", (event) => event.stopPropagation());
  pressable(element, pressed);
  return element;
}

/** What a mouse, a finger, Enter or Space press. */
function pressable(element, pressed) {
  set(element, { role: "button", tabindex: 0, "aria-label": element.textContent || element.getAttribute("aria-label") });
  element.addEventListener("click", pressed);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pressed();
    }
  });
}

/** The box around corners, a little larger. */
function grown(corners) {
  const xs = corners.map(([x]) => x), ys = corners.map(([, y]) => y);
  return [Math.min(...xs) - GROWN_PT, Math.min(...ys) - GROWN_PT, Math.max(...xs), Math.max(...ys) + GROWN_PT];
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
