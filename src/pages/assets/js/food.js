import { createChange } from './change.js';
import { byId, el, table } from './dom.js';
import { api, enter } from './session.js';

const read = () => api('/api/v1/food.json');
const amount = ({ portion, unit }) =>
  [portion, unit].filter((part) => part !== undefined && part !== null && part !== '').join(' ');

function show(foods) {
  const items = foods
    .filter(({ type }) => type !== 'quickpick')
    .sort((a, b) => String(a.name ?? '').localeCompare(String(b.name ?? '')));
  byId('none').hidden = items.length > 0;
  byId('foods').replaceChildren(
    items.length === 0
      ? ''
      : table(
          'Foods',
          ['Name', 'Category', 'Portion', 'Carbs (g)', ''],
          items.map((food) => [
            String(food.name ?? ''),
            [food.category, food.subcategory].filter(Boolean).join(' / '),
            amount(food),
            String(food.carbs ?? ''),
            el(
              'button',
              { type: 'button', class: 'plain', 'aria-label': `Delete ${food.name}`, onclick: () => drop(food) },
              'Delete'
            )
          ]),
          { titled: true, stacked: true }
        )
  );
}

const change = createChange({ read, show });

async function drop({ _id, name }) {
  if (confirm(`Delete ${name}?`))
    await change(() => api(`/api/v1/food/${encodeURIComponent(_id)}`, { method: 'DELETE' }), `${name} is deleted.`);
}

byId('add').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const field = (name) => form.elements[name].value.trim();
  const food = {
    type: 'food',
    category: field('category'),
    subcategory: '',
    name: field('name'),
    portion: Number(field('portion')),
    carbs: Number(field('carbs')),
    fat: 0,
    protein: 0,
    energy: 0,
    gi: 2,
    unit: field('unit')
  };
  const button = form.querySelector('button');
  button.disabled = true;
  await change(async () => {
    await api('/api/v1/food.json', { method: 'POST', body: food });
    form.reset();
  }, `${food.name} is added.`);
  button.disabled = false;
});

show(await enter(read));
