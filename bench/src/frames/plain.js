// The floor: a page with a list of paragraphs, a field to write in, and nothing of the app.
document.body.innerHTML = '';
document.body.style.cssText = 'margin: 0; display: flex; flex-direction: column; height: 100vh; font: 15px sans-serif';
const list = document.createElement('div');
list.style.cssText = 'flex: 1; min-height: 0; overflow-y: auto';
list.dataset.bench = 'plain';
const field = document.createElement('textarea');
document.body.append(list, field);
const line = (text) => {
  const line = document.createElement('p');
  line.textContent = text;
  return line;
};
const fill = (count) => list.replaceChildren(...Array.from({ length: count }, (_, n) => line(`What somebody said, number ${n}`)));
fill(2000);
list.scrollTop = list.scrollHeight;
field.focus();
window.plain = {
  list,
  fill,
  /** As many lines come as messages do. */
  arrive(every) {
    this.timer = setInterval(() => {
      list.append(line('One more line of what people say to each other'));
      list.scrollTop = list.scrollHeight;
    }, every);
  },
  rest() {
    clearInterval(this.timer);
  },
};
