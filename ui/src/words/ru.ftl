# Все предложения, которые видит человек. Говорить, что есть и что делать дальше; без жаргона, где есть простое слово.

app-name = Беседа
app-opening = Открываем…
close = Закрыть
cancel = Отмена
back = Назад к беседам
loading = Загрузка…
you = Вы
someone = Кто-то
# Кнопка и её клавиши.
hint = { $what } ({ $keys })

## Тема и язык

theme-to-dark = Включить тёмную тему
theme-to-light = Включить светлую тему
language-switch = Switch to English

## Первый запуск

first-title = Добро пожаловать в Беседу
first-text = Ваши сообщения живут на этом компьютере и доступны без сети. Ретранслятор передаёт их другим запечатанными: прочитать их он не может.
first-name = Ваше имя
first-name-hint = Его увидят ваши собеседники.
first-name-missing = Введите имя, которое увидят другие.
first-relay = Адрес ретранслятора
first-relay-hint = Его подскажет тот, кто держит ваш ретранслятор.
first-relay-missing = Введите адрес ретранслятора, например https://relay.example.org.
first-invite = Приглашение на ретранслятор, если он его просит
first-invite-hint = Оставьте пустым, если вам его не давали.
first-where = Ссылка-приглашение или адрес ретранслятора
first-where-hint = Вставьте то, что вам прислали. Оставьте пустым, чтобы начать без сети: здесь всё сразу работает, а подключиться можно позже.
first-where-link = Это приглашение: вы сразу попадёте в ту беседу.
first-where-relay = Его подскажет тот, кто держит ваш ретранслятор.
first-link = Беседа уже есть на другом устройстве
link-title = Привязать это устройство
link-text = Этот компьютер станет ещё одним вашим устройством. Здесь появятся ваши беседы с историей, черновики и настройки.
link-relay-hint = Тот же ретранслятор, что и на другом устройстве: его адрес указан там под вашим именем.
link-show = Показать код
link-back = Создать новый аккаунт
link-code-text = На другом устройстве откройте «Настройки», «Устройства», «Привязать устройство» и передайте ему этот код в течение десяти минут. Больше никому его не показывайте.
link-copy = Скопировать код
link-waiting = Ждём другое устройство…
first-submit = Создать аккаунт

key-legend = Как запирать ваши сообщения на этом компьютере
key-hint = Всё хранится зашифрованным. Выберите, где держать ключ.
key-keyring = Системная связка ключей
key-keyring-text = Ключ хранит система и открывает при входе. Вводить ничего не нужно; но кто пользуется вашим сеансом, тот прочтёт и сообщения.
key-keyring-absent = Связка ключей на этой системе не отвечает, поэтому выбрать её нельзя.
key-passphrase = Парольная фраза
key-passphrase-text = Спрашивается при каждом запуске. Защищает сообщения, даже если диск украден. Если её забыть, открыть их не сможет никто.
key-file = Файл с ключом
key-file-text = Ключ лежит рядом с сообщениями в файле, который читаете только вы. Вводить ничего не нужно, но кто прочтёт этот диск, прочтёт и сообщения.
passphrase = Парольная фраза
passphrase-hint = Несколько слов, которые вы запомните, лучше одного хитрого.
passphrase-again = Та же парольная фраза ещё раз
passphrase-missing = Введите парольную фразу.
passphrase-differs = Фразы не совпадают. Введите одну и ту же дважды.

## Разблокировка

unlock-title = С возвращением
unlock-text = Введите парольную фразу, чтобы открыть сообщения на этом компьютере.
unlock-text-number = Введите парольную фразу аккаунта { $number }, чтобы открыть его сообщения на этом компьютере.
unlock-submit = Открыть
unlock-wrong = Эта фраза не открывает профиль. Проверьте раскладку и Caps Lock и попробуйте ещё раз.

## Несколько аккаунтов

accounts = Аккаунты
account-add = Добавить аккаунт
account-menu = Аккаунт:
account-remove = Убрать из этого окна…
account-shown = Теперь открыт: { $who }
account-new = Новый аккаунт
account-number = Аккаунт { $number }
account-opening = открывается
account-fresh = ещё не создан
account-locked = заперт
account-broken = не открывается
account-offline = нет связи
account-add-title = Новый аккаунт
account-add-text = Другое имя, другой ретранслятор или команда — в том же окне. Сообщения, контакты и ключи у него свои: аккаунты ничего не знают друг о друге.

kept-title = Ещё есть на этом компьютере
kept-text = Эти аккаунты убрали из окна. Чьи они, станет видно, когда они открыты.
kept-used = Последний раз: { $time }
kept-unknown = Когда был открыт, неизвестно
kept-bring-back = Вернуть

remove-title = Убрать из этого окна: { $who }?
remove-data = Что станет с данными
remove-keep = Оставить данные на этом компьютере
remove-keep-text = Они останутся как есть, но нового не получат. «Добавить аккаунт» вернёт его в окно.
remove-erase = Удалить данные с этого компьютера
remove-erase-text = Сообщения, черновики и ключи этого аккаунта исчезнут с этого компьютера навсегда. Другие об этом не узнают и сохранят то, что у них есть.
remove-waiting = { $count ->
    [one] { $count } сообщение ещё не отправлено и пропадёт.
    [few] { $count } сообщения ещё не отправлены и пропадут.
   *[many] { $count } сообщений ещё не отправлены и пропадут.
}
remove-submit = Убрать
remove-submit-erase = Удалить навсегда
removed-kept = Аккаунт убран из окна. Его данные остались на компьютере.
removed-erased = Данные аккаунта удалены с этого компьютера.

## Профиль не открывается

broken-safe = Ничего не изменено и не удалено.
broken-details = Точный текст, для обращения за помощью
broken-again = Попробовать ещё раз
broken-profile_in_use-title = Беседа уже открыта
broken-profile_in_use-todo = Этим профилем пользуется другое окно или программа. Перейдите туда или закройте её и попробуйте ещё раз.
broken-wrong_key-title = Ключ не подходит
broken-wrong_key-todo = Ключ на этом компьютере не открывает ваши сообщения. Если вы восстановили файлы из копии, восстановите и ключ, который был с ними, и попробуйте ещё раз.
broken-not_a_database-title = Это не профиль Беседы
broken-not_a_database-todo = Там, где должны быть сообщения, лежит другой или повреждённый файл. Верните нужный из копии или запустите Беседу с другим профилем.
broken-newer_schema-title = Нужна более новая Беседа
broken-newer_schema-todo = Этот профиль открывала более новая версия. Установите её или более позднюю и попробуйте ещё раз.
broken-disk_full-title = На диске нет места
broken-disk_full-todo = Освободите место на диске, где лежит профиль, и попробуйте ещё раз.
broken-no_keyring-title = Связка ключей не отвечает
broken-no_keyring-todo = Ключ профиля хранится в системной связке ключей, а она не запущена. Запустите её (или войдите в систему заново) и попробуйте ещё раз.
broken-keyring_locked-title = Связка ключей заперта
broken-keyring_locked-todo = Разблокируйте системную связку ключей и попробуйте ещё раз. Если её сбросили, восстановите её из копии: в ней был ключ ваших сообщений.
broken-internal-title = Не удалось открыть профиль
broken-internal-todo = Произошло что-то неожиданное. Попробуйте ещё раз; если повторится, отправьте точный текст ниже тому, кто помогает вам с Беседой.

## Ошибки, по одной на код

error-profile_in_use = Профиль открыт в другой программе. Закройте её и попробуйте ещё раз.
error-wrong_key = Ключ или фраза не открывают этот профиль.
error-not_a_database = Файл профиля повреждён или создан не Беседой.
error-newer_schema = Профиль записан более новой Беседой. Обновите программу и попробуйте ещё раз.
error-disk_full = На диске нет места. Ничего не потеряно; освободите место и попробуйте ещё раз.
error-no_keyring = Связка ключей на этой системе не отвечает. Выберите парольную фразу или файл с ключом.
error-keyring_locked = Связка ключей заперта. Разблокируйте её и попробуйте ещё раз.
error-no_account = В этом профиле ещё нет аккаунта. Перезапустите Беседу, чтобы создать его.
error-account_exists = В этом профиле уже есть аккаунт. Перезапустите Беседу, чтобы открыть его.
error-relay_away = Ретранслятор не отвечает. Сообщения ждут здесь и уйдут, когда он ответит.
error-relay_version = Ретранслятор другой версии. Обновите Беседу или попросите обновить ретранслятор.
error-relay_lost = Одной из ваших бесед на ретрансляторе нет или она там не вся, а недостающее это устройство вернуть не может. Всё наладится, как только с ретранслятором свяжется устройство того, кто был в этой беседе до вас или может в неё впускать. Ничего не пропало; то, что вы там пишете, ждёт здесь.
error-invite_required = Ретранслятор просит приглашение или не знает этого. Попросите приглашение у того, кто его держит.
error-bad_relay_url = Это не адрес ретранслятора. Он начинается с https:// (или с http:// для ретранслятора на этом компьютере).
error-no_relay = Для этого нужен ретранслятор, а его пока нет. Сначала подключитесь к нему.
error-not_a_link = Это не ссылка-приглашение. Скопируйте её целиком, от «beseda:join/» до конца.
error-other_relay = Ссылка ведёт на другой ретранслятор, чем у этого аккаунта. Откройте её в аккаунте на том ретрансляторе или добавьте его.
error-device_removed = Это устройство удалено с другого вашего устройства. Всё, что здесь есть, можно читать; больше ничего не отправляется и не приходит.
error-too_many_devices = Это устройство уже известно, или у вас их десять: сначала удалите одно.
error-still_linking = Это устройство само ещё подключается. Подождите, пока здесь появятся ваши беседы, и подключите следующее.
error-not_answered = Другое устройство не ответило вовремя. Покажите на нём новый код.
error-bad_words = Это не те 24 слова для восстановления: сравните каждое с записью на бумаге.
error-wrong_word = Одно из слов на бумаге другое. Проверьте ещё раз.
error-words_kept = Слова для восстановления есть только на вашей бумаге: устройства их больше не покажут.
error-no_backup = Ретранслятор не хранит резервной копии для этих слов. Это тот ретранслятор?
error-backup_exists = Файл с таким именем уже есть. Выберите другое.
error-not_a_backup = Этот файл — не резервная копия Беседы.
error-file_exists = Другой файл с таким именем уже есть. Выберите другое имя.
error-not_a_bundle = В этом файле нет сообщений Беседы, или он обрывается. Попросите его ещё раз.
error-no_such_chat = Этой беседы здесь больше нет.
error-no_such_message = Этого сообщения здесь нет или оно удалено.
error-not_yours = Это чужое сообщение: такое может сделать только его автор или администратор.
error-ambiguous_chat = Подходит больше одной беседы. Введите название целиком.
error-not_admin = Это может сделать только администратор беседы.
error-not_member = Вы больше не участник этой беседы.
error-bad_text = Текст пуст или слишком длинный. Измените его и попробуйте ещё раз.
error-bad_picture = Эту картинку использовать нельзя. Выберите файл JPEG, PNG или WebP не больше 24 МБ.
error-safety_mismatch = Этот код не этого человека или не для вас. Возможно, между вами кто-то встал: сравните ещё раз при встрече, а до того не пишите здесь ничего тайного.
error-keys_taken = Это сочетание клавиш занято другой программой. Выберите другое.
error-bad_request = Окно и программа не подходят друг к другу. Перезапустите Беседу.
error-internal = Что-то пошло не так. Попробуйте ещё раз; если не поможет, перезапустите Беседу.

## Список бесед

chats = Беседы
new-chat = Новая беседа
join-by-link = Войти по ссылке
chats-empty-title = Бесед пока нет
chats-empty-text = Создайте первую и пригласите людей или откройте присланное приглашение.
folders = Папки
folder-all = Все
folder-unread = Непрочитанные
folder-mentions = Упоминания
folder-people = Люди
folder-groups = Группы
folder-blogs = Блоги
folder-read = Всё прочитано.
folder-unnamed = В непрочитанном вас не упоминали.
folder-empty = Здесь бесед нет.
archive = Архив
archive-back = Назад ко всем беседам
archive-count = { $count ->
    [one] { $count } беседа в архиве
    [few] { $count } беседы в архиве
   *[other] { $count } бесед в архиве
}
arrange-pin = Закрепить в списке
arrange-unpin = Открепить
arrange-up = Поднять выше
arrange-down = Опустить ниже
arrange-archive = В архив
arrange-unarchive = Вернуть из архива
arrange-unmute = Включить звук
mute-hour = Без звука на час
mute-tomorrow = Без звука до завтра
mute-forever = Без звука навсегда
muted = Без звука
pinned-chat = Закреплена
chat-asked = Беседа по приглашению
chat-untitled = Новый диалог
no-messages = Сообщений пока нет
draft = Черновик:
status-asking = Ждём, когда впустят
status-joining = Загружаем историю…
status-removed = Вы больше не участник
status-left = Вы покинули беседу
status-leaving = Выход…
unread = { $count ->
    [one] { $count } непрочитанное сообщение
    [few] { $count } непрочитанных сообщения
   *[many] { $count } непрочитанных сообщений
}

## Правая часть

pane-empty-title = Выберите беседу
pane-empty-text = { $keys } приведёт к любой беседе, человеку или действию по нескольким буквам названия.
pane-welcome-title = Здравствуйте, { $name }
pane-welcome-text = Здесь появятся ваши беседы. Всё написанное хранится на этом компьютере и уходит, как только появится ретранслятор.

## Как найти дорогу

palette = Куда угодно и что угодно
palette-hint = Беседа, человек, действие, сообщение
palette-recent = Недавние
palette-chats = Беседы
palette-people = Люди
palette-actions = Действия
palette-search = Искать «{ $what }» во всех сообщениях
palette-nothing = Ничего с таким названием. Наберите меньше букв.
palette-count = { $count ->
    [0] Ничего не нашлось
    [one] { $count } вариант
    [few] { $count } варианта
   *[many] { $count } вариантов
}
shortcuts = Сочетания клавиш
keys-go = Переходы
keys-window = Окно
keys-chat = В беседе
keys-read = В ленте сообщений
keys-write = Набор текста
keys-account = Аккаунты с первого по девятый
go-back = Назад
go-forward = Вперёд
go-previous-chat = Предыдущая беседа
go-next-chat = Следующая беседа
go-previous-unread = Предыдущая непрочитанная беседа
go-next-unread = Следующая непрочитанная беседа
go-previous-folder = Предыдущая папка
go-next-folder = Следующая папка
go-close = Закрыть открытое, по одному
go-account = Перейти к «{ $name }»
# Целое и его часть, или что с ним делают.
go-part = { $what }: { $name }
zoom-none = Обычный размер
split = Ещё одна беседа рядом
split-open = Открыть рядом
split-close = Закрыть эту беседу
split-cross = К другой беседе на экране
key-open-beside = Открыть выбранную беседу рядом
apart-open = Открыть в отдельном окне
apart-close = Закрыть это окно
key-open-apart = Открыть выбранную беседу в отдельном окне
key-message-step = От сообщения к сообщению
key-new-line = Новая строка
key-edit-last = Изменить своё последнее сообщение, если ничего не набрано
key-give-up = Не отвечать или не изменять
key-redo = Повторить отменённое
key-paste-plain = Вставить без оформления

## Заголовок беседы

members = Участники
members-count = { $count ->
    [one] { $count } участник
    [few] { $count } участника
   *[many] { $count } участников
}
chat-menu = Меню беседы
invite = Пригласить
copy-invitation = Скопировать приглашение
copied-invitation = Приглашение скопировано
quarantined = { $count ->
    [one] { $count } запись отложена
    [few] { $count } записи отложены
   *[many] { $count } записей отложено
}
quarantined-text = Что-то из пришедшего в эту беседу оказалось недействительным и отложено. Остальное работает как обычно.

## Лента

timeline-label = Сообщения беседы «{ $title }»
timeline-empty-title = Пока тихо
timeline-empty-text = Напишите первое сообщение: оно сохранится сразу, с сетью или без неё.
timeline-empty-wait = Здесь появятся сообщения.
timeline-alone-title = Здесь пока только вы
timeline-alone-dialog = Отправьте ссылку тому, с кем хотите говорить, или уже пишите: придёт — прочитает.
timeline-alone-text = Добавьте тех, кого знаете, или отправьте ссылку тем, кого хотите видеть здесь.
loading-older = Загружаем более ранние сообщения
jump-down = К последнему сообщению
new-below = { $count ->
    [one] { $count } новое
   *[other] { $count } новых
}
unread-line = Новые сообщения
day-today = Сегодня
day-yesterday = Вчера
weekday-0 = вс
weekday-1 = пн
weekday-2 = вт
weekday-3 = ср
weekday-4 = чт
weekday-5 = пт
weekday-6 = сб
date-short = { $day }.{ $month }.{ $year }
sent-at = отправлено в { $time }
message-label = { $name }, { $time }
state-queued = Ждёт на этом компьютере
state-accepted = Отправлено
state-delivered = Доставлено
state-read = Прочитано
state-failed = Не отправлено
failed-not_member = Не отправлено: вы больше не участник.
failed-refused = Не считается: писать здесь вам больше нельзя или ретранслятор не принимает.
event-created = { $by } создаёт беседу
event-added = { $by } добавляет участника: { $who }
event-removed = { $by } исключает участника: { $who }
event-left = { $by } покидает беседу
event-promoted = { $by } назначает администратора: { $who }
event-demoted = { $by } снимает права администратора: { $who }
event-owner = { $by } передаёт беседу: теперь её ведёт { $who }
event-rights = { $by } меняет права участников
event-history-open = { $by } открывает новичкам сказанное до них
event-history-closed = { $by } закрывает сказанное от тех, кто придёт позже
event-info = { $by } меняет сведения о беседе: «{ $title }»
event-info-untitled = { $by } меняет сведения о беседе

## Ввод

composer-placeholder = Сообщение
composer-hint = Enter отправляет, Shift+Enter начинает новую строку.
composer-too-long = Сообщение слишком длинное. Разделите его на несколько.
send = Отправить
closed-asking = Писать можно будет, когда пригласивший вас появится в сети и его устройство вас впустит.
closed-joining = Писать можно будет, когда загрузится история.
closed-removed = Вы больше не участник. Сказанное можно читать, но не писать.
closed-device = Это устройство удалено. Сказанное можно читать, но писать нельзя.
closed-left = Вы покинули беседу. Сказанное можно читать, но не писать.
closed-leaving = Вы выйдете, как только об этом узнает ретранслятор.
closed-comments = Здесь пишут администраторы. Можно комментировать: ответьте на запись.
closed-blog = В этом блоге пишут только администраторы.
closed-other = Писать в эту беседу нельзя.

## Новая беседа

create-title = Новая беседа
create-kind = Вид беседы
kind-dialog = Диалог
kind-dialog-text = Вы и ещё один человек
kind-group = Группа
kind-group-text = Писать могут все
kind-blog = Блог
kind-blog-text = Пишут администраторы, читают все
create-name = Название
create-name-optional = Название, если хотите
create-name-dialog-hint = Без названия здесь будет имя собеседника.
create-name-missing = Дайте беседе название.
create-description = Описание
create-category = Категория
create-category-hint = Общее слово для нескольких бесед: «Работа».
create-history = Новички могут читать историю
edit-chat = Изменить
edit-chat-submit = Сохранить
edit-category-hint = Все участники найдут её в папке с этим названием.
create-submit = Создать

## Приглашение

invite-title = Пригласить в «{ $title }»
invite-text = Отправьте эту ссылку тем, кого хотите видеть здесь, любым надёжным способом.
invite-making = Готовим приглашение…
invite-links = Другие ссылки в эту беседу
invite-plain = Ссылка без ограничений
invite-used = { $count ->
    [0] Ещё не использована
    [one] Использована на { $count } устройстве
    [few] Использована на { $count } устройствах
   *[other] Использована на { $count } устройствах
}
invite-used-of = Использована { $count } из { $number }
invite-until = до: { $time }
standing-used_up = Исчерпана
standing-expired = Истекла
standing-revoked = Отозвана
invite-new = Новая ссылка с ограничениями
invite-for = Кого она впустит
uses-one = Одного
uses-ten = 10 человек
uses-none = Всех
invite-lasts = Сколько она действует
lasts-hour = Час
lasts-day = День
lasts-week = Неделю
lasts-never = Всегда
invite-label = Для чего она
invite-label-hint = Видите только вы.
invite-make = Создать ссылку
invite-qr = Показать QR-код
invite-qr-hide = Скрыть QR-код
invite-qr-label = QR-код ссылки
invite-revoke = Отозвать
invite-revoke-text = Кто придёт по этой ссылке с этой минуты или ждёт по ней, не войдёт и узнает об этом. Кто уже в беседе, останется.
invite-revoke-submit = Отозвать ссылку
copy-link = Скопировать ссылку
copied = Скопировано
invite-online = Впускает ваше устройство, поэтому оно должно быть в сети, когда откроют ссылку. Если нет, человек подождёт.
invite-secret = Войти сможет любой, у кого есть ссылка; ему будет видно и всё сказанное раньше.
invite-secret-closed = По ссылке впустят любого. Сказанного до прихода новый участник не увидит.

## Вход по ссылке

join-title = Войти по ссылке
join-link = Ссылка-приглашение
join-hint = Вставьте присланную ссылку целиком.
asking-withdraw = Отозвать просьбу
refused-title = Вас не впустили
refused-expired = Ссылка истекла раньше, чем устройство пригласившего получило вашу просьбу. Попросите новую.
refused-used_up = Ссылка была на определённое число людей, и столько её уже использовало. Попросите новую.
refused-revoked = Пригласивший отозвал ссылку. Попросите новую.
refused-already_in = Это устройство уже в той беседе. Найдите её в своём списке.
refused-closed = Тот, кто создал ссылку, больше никого не может впустить в беседу. Попросите другую у её администратора.
refused-failed = Просьбу не удалось выполнить. Узнайте у пригласившего, есть ли в беседе место, и попросите другую ссылку.
refused-unknown = Устройство пригласившего назвало причину, которой эта версия не знает. Обновите Беседу или попросите другую ссылку.
refused-other-link = Открыть другую ссылку
refused-remove = Убрать из списка
join-submit = Войти

## Участники

member-admin = Администратор
member-added-by = Кто добавил: { $name }
member-owner = Владелец
member-menu = Что сделать с участником { $name }
member-promote = Назначить администратором
member-demote = Сделать обычным участником
member-hand-over = Передать беседу
member-hand-over-text = Беседу будет вести { $name } и решать, кто в ней администратор. Вы останетесь администратором.
member-hand-over-submit = Передать
member-remove = Исключить из беседы
member-remove-text = { $name } сохранит всё уже полученное, но нового не получит.
member-remove-submit = Исключить

## Права и выход

tab-rights = Права
rights-text = Кому, кроме администраторов, можно:
rights-text-read = Участникам, кроме администраторов, можно:
right-write = Писать сообщения
right-comment = Отвечать на записи
right-add = Приглашать других
right-pin = Закреплять сообщения
right-info = Менять название и описание
right-everyone = Всем участникам
right-admins = Только администраторам
history-open = Кто придёт позже, прочтёт всё сказанное раньше.
history-closed = Кто придёт позже, увидит только сказанное с этого времени.
leave = Покинуть беседу
leave-title = Покинуть «{ $title }»?
leave-text = Уже полученное останется у вас, новое приходить не будет. Все увидят, что вы вышли.
leave-owner = Эта беседа ваша. Сначала передайте её другому участнику: выберите его в списке.
leave-submit = Покинуть

## Ретранслятор

sync-offline = Нет связи
sync-offline-waiting = { $count ->
    [one] Нет связи — { $count } сообщение ждёт
    [few] Нет связи — { $count } сообщения ждут
   *[many] Нет связи — { $count } сообщений ждут
}
sync-connecting = Подключаемся…
sync-connecting-waiting = { $count ->
    [one] Подключаемся — { $count } сообщение ждёт
    [few] Подключаемся — { $count } сообщения ждут
   *[many] Подключаемся — { $count } сообщений ждут
}
sync-behind = Догоняем…
sync-alone = Пока только на этом компьютере
sync-connect = Подключиться
sync-try-now = Повторить
sync-last = Последняя связь: { $time }
sync-invite = Ввести
sync-lost = Беседа ждёт чужого устройства
sync-why = Почему
sync-refilling = Передаём ретранслятору то, чего у него нет: { $number } %
sync-refilling-label = Передаём ретранслятору то, чего у него нет

relay = Ретранслятор
relay-text = Ретранслятор передаёт ваши сообщения другим запечатанными: прочитать их он не может.
relay-now = Нынешний ретранслятор
relay-state-offline = Нет связи
relay-state-connecting = Подключаемся…
relay-state-behind = Догоняем…
relay-state-up_to_date = Всё получено
relay-never = Связи с ретранслятором ещё не было.
relay-waiting = { $count ->
    [0] Ничего не ждёт отправки.
    [one] { $count } сообщение ждёт отправки.
    [few] { $count } сообщения ждут отправки.
   *[many] { $count } сообщений ждут отправки.
}
relay-token = Приглашение на этот ретранслятор
relay-token-submit = Применить
relay-moved = { $who } теперь на { $name }. Перейти туда же?
relay-connect = Подключиться к ретранслятору
relay-connect-text = Написанное до сих пор уйдёт туда, и можно будет приглашать других.
relay-connect-submit = Подключиться
relay-go = Перейти
relay-not-now = Не сейчас
relay-followed = Это устройство теперь на другом ретрансляторе
relay-move = Перейти на другой ретранслятор
relay-move-text = Туда переносится всё, что есть на этом устройстве: беседы с историей и то, что ждёт отправки. Ничего не пропадёт.
relay-new = Адрес другого ретранслятора
relay-new-hint = Его подскажет тот, кто держит тот ретранслятор.
relay-same = Это устройство уже на этом ретрансляторе.
relay-who = Кто переходит
relay-along = Позвать с собой остальных
relay-along-text = Узнают все ваши собеседники в диалогах, все участники бесед, где вы администратор, и ваши другие устройства. Переходить ли, каждый решит сам.
relay-alone = Только это устройство
relay-alone-text = Никто об этом не узнает. Пока остальные и ваши другие устройства не перейдут туда же, вы не слышите друг друга.
relay-away = Нынешний ретранслятор не отвечает. Перейти можно и так, но адрес другим придётся сообщить вам самим.
relay-submit = Перейти
relay-telling = Сообщаем остальным через нынешний ретранслятор. Это может занять полминуты.
relay-going = Переходим…
relay-there = Это устройство теперь на { $name }.
relay-others-told = Остальным сообщено, где вы, и предложено перейти.
relay-others-untold = Прежний ретранслятор не ответил, и остальные могут этого не знать: сообщите им адрес сами.
relay-others-left = Никому не сообщено. Тем, кто должен перейти, и вашим другим устройствам нужен этот адрес:
relay-copy = Скопировать адрес

## Текст сообщения

spoiler-show = Скрытый текст: показать
code-copy = Скопировать код

## Сообщения и что с ними делают

quote-open = К сообщению, на которое это ответ
quote-gone = Этого сообщения здесь больше нет
message-absent = Этого сообщения здесь нет: его удалили, или оно ещё не пришло.
mark-pinned = Закреплено
mark-saved = Сохранено
mark-edited = изменено
versions-open = Посмотреть, что было раньше
read-by = { $count ->
    [one] Прочитал { $count } человек
    [few] Прочитали { $count } человека
   *[many] Прочитали { $count } человек
}
message-deleted = Сообщение удалено
forwarded-from = Переслано: { $name }, { $chat }
message-label-mention = { $name }, { $time }, упоминает вас
picked = Выбрано
not-picked = Не выбрано
day-jump = Перейти к дате
month-previous = Предыдущий месяц
month-next = Следующий месяц
date-day = День
date-month = Месяц
date-year = Год
date-clear = Убрать дату
jump-mention = Туда, где упомянули вас
jump-mention-count = { $count ->
    [one] { $count } сообщение упоминает вас
    [few] { $count } сообщения упоминают вас
   *[many] { $count } сообщений упоминают вас
}
reactions = Реакции
reaction-label = { $emoji }, { $count }
reactions-none = Пока никто не отреагировал.
poll = Опрос
poll-one = Опрос, один ответ
poll-several = Опрос, несколько ответов
poll-mine = Ваш ответ
poll-vote = Проголосовать
poll-retract = Отменить голос
poll-voters = { $count ->
    [0] Пока никто не проголосовал
    [one] Проголосовал { $count } человек
    [few] Проголосовали { $count } человека
   *[many] Проголосовали { $count } человек
}
message-tools = Быстрые действия
message-menu = Действия с сообщением
react = Отреагировать
react-with = Отреагировать: { $emoji }
react-other = Другой эмодзи
act-reply = Ответить
act-edit = Изменить
act-forward = Переслать
act-copy = Скопировать текст
act-link = Скопировать ссылку
act-pin = Закрепить для всех
act-unpin = Открепить
act-save = Сохранить себе
act-unsave = Убрать из сохранённых
act-select = Выбрать
act-readers = Кто прочитал
act-people = Кто отреагировал
act-versions = История правок
act-delete-me = Удалить у меня
act-delete-everyone = Удалить у всех
picked-count = Выбрано: { $count }
picked-cancel = Снять выбор
copied-text = Текст скопирован
copied-message-link = Ссылка на сообщение скопирована
did-pin = Закреплено для всех
did-unpin = Откреплено
did-save = Сохранено для вас
did-unsave = Убрано из сохранённых
deleted-me = { $count ->
    [1] Удалено у вас
    [one] У вас удалено { $count } сообщение
    [few] У вас удалено { $count } сообщения
   *[many] У вас удалено { $count } сообщений
}
deleted-everyone = { $count ->
    [1] Удалено у всех
    [one] У всех удалено { $count } сообщение
    [few] У всех удалено { $count } сообщения
   *[many] У всех удалено { $count } сообщений
}
undo = Вернуть
forward-title = { $count ->
    [1] Переслать сообщение
    [one] Переслать { $count } сообщение
    [few] Переслать { $count } сообщения
   *[many] Переслать { $count } сообщений
}
forward-find = В какую беседу
forward-nothing = Нет беседы с таким названием, куда вы можете писать.
forwarded = Переслано
readers-title = Кто прочитал
readers-none = Пока никто не прочитал.
readers-more = { $count ->
    [one] и ещё { $count }
    [few] и ещё { $count }
   *[many] и ещё { $count }
}
readers-off = Вы отключили отметки о прочтении, поэтому не видите и чужих.
versions-title = История правок
versions-now = сейчас
pinned-message = Закреплённое сообщение
pinned-of = Закреплённое сообщение { $number } из { $count }
pinned-open = К этому сообщению
pinned-all = Все закреплённые сообщения

## Эмодзи

emoji-insert = Эмодзи
emoji-search = Найти эмодзи
emoji-groups = Виды эмодзи
emoji-nothing = Такого эмодзи нет
emoji-loading = Загружаем эмодзи
emoji-failed = Не удалось загрузить эмодзи. Перезапустите Беседу.
emoji-recent = Недавние
emoji-smileys = Смайлики
emoji-people = Люди
emoji-nature = Природа
emoji-food = Еда
emoji-travel = Путешествия
emoji-activities = Занятия
emoji-objects = Предметы
emoji-symbols = Символы
emoji-flags = Флаги

## Ввод: ответы, правки, оформление

replying = Ответ
replying-to = Ответ: { $name }
reply-cancel = Не отвечать
editing = Правка
edit-cancel = Оставить как было
edit-save = Сохранить правку
composer-more = Что ещё отправить
completion = Подсказки
mention-everyone = Все в этой беседе
format = Оформление
format-bold = Полужирный
format-italic = Курсив
format-strike = Зачёркнутый
format-spoiler = Скрытый до нажатия
format-code = Код
format-quote = Цитата
format-link = Ссылка
poll-new = Новый опрос
poll-question = Вопрос
poll-options = Ответы
poll-option = Ответ { $count }
poll-option-remove = Убрать ответ { $count }
poll-allow-several = Можно выбрать несколько ответов
poll-twice = Два ответа одинаковы. Измените один из них.
poll-submit = Отправить опрос
send-later = Отправить позже
schedule-hour = Через час
schedule-evening = Сегодня вечером
schedule-tomorrow = Завтра утром
schedule-monday = В понедельник утром
schedule-time = Время
schedule-no-time = Введите время, например 09:30.
schedule-past = Это время уже прошло. Выберите более позднее.
schedule-note = Уйдёт с этого компьютера: если Беседа будет закрыта, то при следующем запуске.
schedule-submit = Запланировать
scheduled-done = Будет отправлено в своё время
scheduled-title = Отложенные сообщения
scheduled-none = В этой беседе ничего не отложено.
scheduled-count = { $count ->
    [one] { $count } отложенное сообщение
    [few] { $count } отложенных сообщения
   *[many] { $count } отложенных сообщений
}
scheduled-now = Отправить сейчас
scheduled-cancel = Не отправлять
time-today = сегодня, { $time }
time-tomorrow = завтра, { $time }
time-on = { $day }, { $time }

## Поиск

search = Поиск
search-here = Поиск здесь
search-in = Поиск в беседе «{ $title }»
search-in-chat = Поиск в этой беседе
search-everywhere = Искать во всех беседах
search-close = Закрыть поиск
search-filters = Фильтры
search-order = Порядок найденного
search-newest = Сначала новые
search-best = Сначала точные
search-from = От кого
search-in-key = В беседе
search-after = После
search-before = До
search-has-link = Со ссылками
search-has-file = С файлами
search-is-pinned = Закреплённые
search-messages = Сообщения
search-idle = Поиск по всем сообщениям
search-idle-chat = Поиск по этой беседе
search-idle-hint = Слова или их части. "Фраза" — в кавычках, лишнее слово — с минусом.
search-nothing = Ничего не найдено
search-nothing-hint = Попробуйте меньше букв, другое написание или без фильтров.
search-busy = Ищем
search-again = Искать снова
search-count = { $count ->
    [0] Ничего не найдено
    [one] Найдено { $count } сообщение
    [few] Найдено { $count } сообщения
   *[many] Найдено { $count } сообщений
}

## О беседе, сохранённое, настройки

info-open = О беседе
info-tabs = О беседе
info-shared = Ссылки, файлы, закреплённое
tab-members = Участники
tab-links = Ссылки
tab-media = Медиа
tab-files = Файлы
tab-pinned = Закреплено
tab-mine = Мои
none-links = Здесь ещё не делились ссылками.
none-media = Здесь ещё не делились картинками и видео.
none-files = Здесь ещё не делились файлами.
none-pinned = В этой беседе ничего не закреплено.
none-mine = Вы здесь ещё не писали.
link-open = Открыть ссылку
saved-title = Сохранённые сообщения
saved-none = Пока ничего не сохранено. Выберите «Сохранить себе» в меню сообщения.
mark-read = Отметить прочитанным
mark-unread = Отметить непрочитанным
marked-unread = Отмечено непрочитанным
draft-reply = Ответ
mentions-count = { $count ->
    [one] Вас упомянули в { $count } сообщении
    [few] Вас упомянули в { $count } сообщениях
   *[many] Вас упомянули в { $count } сообщениях
}
notes = Заметки
notes-under = Только для вас, на всех ваших устройствах
devices = Устройства
devices-text = На каждом вашем устройстве есть все ваши беседы. Если устройство потеряно, удалите его здесь: его исключат из всех бесед.
device-this = Это устройство
device-first = Ваше первое устройство
device-added = С { $time }
device-joins = Входит в ваши беседы: { $count } из { $number }
device-unnamed = Устройство без имени
device-link = Привязать устройство
device-link-submit = Привязать
device-code = Код нового устройства
device-code-hint = На новом устройстве выберите «Беседа уже есть на другом устройстве». Вставьте код, который оно покажет.
device-code-wrong = Это не код устройства. Скопируйте его целиком, от «beseda:link/» до конца.
device-offered = Ждём ответа нового устройства. Не выключайте его.
device-rename = Переименовать: { $name }
device-rename-submit = Переименовать
device-name = Имя устройства
device-remove = Удалить: { $name }
device-remove-sure = Удалить «{ $name }» навсегда? Его исключат из всех ваших бесед; что на нём есть, останется, нового оно не услышит.
device-remove-submit = Удалить
settings = Настройки
settings-pages = Страницы настроек
settings-profile = Профиль
settings-devices = Устройства
settings-privacy = Приватность и блокировка
settings-recovery = Восстановление и копии
settings-appearance = Внешний вид
settings-language = Язык
settings-system = Система
settings-network = Сеть и ретранслятор
settings-about = О «Беседе»
settings-storage = Хранилище
settings-advanced = Дополнительно
storage-text = Что Беседа хранит на этом компьютере для этого аккаунта — в зашифрованном виде.
storage-counts = { $count ->
    [one] { $count } сообщение
    [few] { $count } сообщения
   *[many] { $count } сообщений
} в { $number } { $number ->
    [one] беседе
   *[many] беседах
}
storage-again = Измерить ещё раз
storage-clear = Освободить место
storage-clear-text = Уйдёт только то, что при надобности создаётся заново, и пустоты от удалённого. Ни сообщения, ни беседы, ни черновики не пропадут.
storage-clear-submit = Освободить до { $name }
storage-clearing = Освобождаем… Написанное тем временем уйдёт сразу после этого.
storage-cleared = Готово. Все сообщения на месте.
part-messages = Сообщения
part-messages-text = Сказанное — так, как его показывают.
part-changes = История
part-changes-text = Сказанное — так, как его подписали. Всё остальное можно создать из неё.
part-search = Поиск
part-search-text = Чтобы слова находились сразу.
part-documents = Сохранённые копии
part-documents-text = С ними всё открывается быстрее; если их нет, они создаются заново.
part-other = Остальное
part-other-text = Ключи, участники, профили, настройки.
doctor = Всё ли цело?
doctor-text = Просматривает всё, что этот компьютер хранит для этого аккаунта. Ничего при этом не меняется.
doctor-examine = Проверить
doctor-rebuild = Пересоздать и проверить
doctor-rebuild-text = Списки, поиск и сохранённые копии создаются заново из подписанной истории. Если её много, это займёт минуты; ничего не пропадёт.
doctor-examining = Проверяем…
doctor-rebuilding = Создаём заново…
doctor-stop = Остановить
doctor-stopped = Остановлено. Ничего не пострадало.
doctor-whole = Всё цело.
doctor-mendable = Кое-что не сходится, но ничего не потеряно: поможет «Пересоздать и проверить».
doctor-damaged = Повреждён сам файл. Закройте Беседу, скопируйте её папку на другой диск и пересоздайте там; если не поможет, восстановите резервную копию.
doctor-fine = В порядке
doctor-differs = Не сходится
doctor-more = { $count ->
    [one] и ещё { $count }
   *[many] и ещё { $count }
}
check-pages = { $count ->
    [one] Файл: { $count } страница
    [few] Файл: { $count } страницы
   *[many] Файл: { $count } страниц
}
check-database = { $count ->
    [one] База данных: { $count } страница
    [few] База данных: { $count } страницы
   *[many] База данных: { $count } страниц
}
check-changes = { $count ->
    [one] Подписанная история: { $count } изменение
    [few] Подписанная история: { $count } изменения
   *[many] Подписанная история: { $count } изменений
}
check-documents = { $count ->
    [one] { $count } сохранённая копия
    [few] { $count } сохранённые копии
   *[many] { $count } сохранённых копий
}
check-projection = { $count ->
    [one] То, что показывают: { $count } строка
    [few] То, что показывают: { $count } строки
   *[many] То, что показывают: { $count } строк
}
check-index = { $count ->
    [one] Поиск: { $count } сообщение
    [few] Поиск: { $count } сообщения
   *[many] Поиск: { $count } сообщений
}
diagnostics = Для обращения за помощью
diagnostics-text = Только числа и настройки: ничего из сказанного, ни имён, ни адресов, ни ссылок.
diagnostics-copy = Скопировать
diagnostics-copied = Скопировано
preparing = Готовим ваши беседы
preparing-text = Эта версия показывает их по-новому. Это займёт некоторое время один раз, ничего не пропадёт.
appearance-text = Действует только на этом компьютере.
theme = Тема
theme-system = Как в системе
theme-light = Светлая
theme-dark = Тёмная
accent = Цвет
accent-green = Зелёный
accent-blue = Синий
accent-violet = Фиолетовый
accent-rose = Розовый
accent-amber = Янтарный
accent-graphite = Графитовый
text-size = Размер текста
text-small = Мелкий
text-normal = Обычный
text-large = Крупный
text-largest = Очень крупный
density = Плотность
density-comfortable = Просторно
density-compact = Плотно
zoom = Масштаб
zoom-text = Всего окна: Ctrl и плюс, минус или 0.
zoom-in = Крупнее
zoom-out = Мельче
zoom-reset = вернуть обычный
percent = { $number } %
language-text = Окно перейдёт на него сразу. Написанное людьми остаётся как есть.
language-system = Как в системе
language-en = English
language-ru = Русский
network-state = Состояние
network-relay = Ретранслятор
network-no-relay = Пока нет
network-last = Последняя связь
network-never = Ещё не было
network-queue = Очередь
network-removed = Это устройство удалено
network-change = Ретранслятор…
network-waits = Беседы, которые чего-то ждут
waits-offline = Ретранслятор не отвечает. Попытки повторяются сами, и тогда всё уйдёт.
waits-connecting = Идёт подключение к ретранслятору.
waits-behind = Сначала загружается то, что написали другие, затем уйдёт ваше.
waits-up_to_date = Уже отправляется.
waits-alone = Ретранслятора пока нет. Подключитесь к нему, и всё уйдёт.
waits-invitation = Без приглашения ретранслятор ничего не примет.
waits-trouble = Связь есть, но отправке мешает то, что сказано ниже.
waits-removed = Это устройство больше ничего не может отправлять.
waits-chat-sending = Ваше последнее сообщение ждёт отправки.
waits-chat-asking = Пригласивший впустит вас, как только его устройство выйдет на связь.
waits-chat-joining = Загружается история.
waits-chat-leaving = Вы выйдете, как только об этом узнает ретранслятор.
waits-chat-aside = Пришло что-то недопустимое и отложено в сторону. Остальное в беседе работает.
carry = Перенести сообщения файлом
carry-text = Где ретранслятор недоступен, сообщения с одного компьютера на другой переносит файл, например на флешке. Прочесть из него могут только участники бесед, а принять его второй раз не повредит.
carry-out = Записать сообщения в файл…
carry-in = Принять сообщения из файла…
carry-all = Всё, с первого сообщения
carry-all-text = Для устройства, на котором ещё почти ничего нет. Иначе файл начинается с того места, до которого дошли остальные.
carry-out-submit = Записать файл
carry-in-submit = Принять
carry-exporting = Записываем… Можно продолжать работу, но не закрывайте это окно.
carry-importing = Принимаем… Можно продолжать работу, но не закрывайте это окно.
carry-stop = Остановить
carry-out-stopped = Остановлено: файл не записан.
carry-in-stopped = Остановлено. Что успели принять, остаётся.
carry-file-unreadable = Прочитать файл нельзя. Есть ли он и можно ли вам его читать?
carried-out = Сообщения записаны в { $name }. Передайте файл тому, кто участвует в этих беседах.
carried-out-nothing = В файле нет сообщений: в ваших беседах пока больше никого нет. Сначала пригласите кого-нибудь.
carried-in = { $count ->
    [1] Новое пришло в беседу: { $name }.
    [one] Новое пришло в { $count } беседу: { $name }.
    [few] Новое пришло в { $count } беседы: { $name }.
   *[many] Новое пришло в { $count } бесед: { $name }.
}
carried-in-nothing = Ничего нового для вас в файле не было.
carried-in-none = Принять ничего не удалось.
carried-in-unknown = { $count ->
    [1] Есть в нём и беседа, в которой вас нет: она остаётся запечатанной.
    [one] Есть в нём и { $count } беседа, в которой вас нет: она остаётся запечатанной.
    [few] Есть в нём и { $count } беседы, в которых вас нет: они остаются запечатанными.
   *[many] Есть в нём и { $count } бесед, в которых вас нет: они остаются запечатанными.
}
carried-in-unopened = Кое-что в нём не открывается: одно из двух устройств ещё не знает, кто пришёл или ушёл. Обменяйтесь файлами в обе стороны или дождитесь ретранслятора.
carried-in-gap = { $name }: здесь не хватает большего, чем есть в файле. Попросите файл, в котором есть всё, у того, кто на том же ретрансляторе.
about-version = Версия { $number }
about-text = Всё, что вы делаете, сразу работает на этом компьютере — есть сеть или нет.
about-relay = Другим это передаёт ретранслятор, запечатанным: прочитать он ничего не может.
read-marks = Отметки о прочтении
read-marks-text = Другие видят, какие их сообщения вы прочитали. Если отключить, вы тоже не увидите их отметок.

## Люди

profile = Профиль
profile-first-name = Имя
profile-last-name = Фамилия
profile-username = Имя пользователя
profile-email = Электронная почта
profile-mobile = Мобильный телефон
profile-birth-date = Дата рождения
profile-birth-date-hint = Другие видят возраст, но не дату.
profile-birth-date-wrong = Укажите день, месяц и год — дату, которая уже была, — или оставьте все три поля пустыми.
profile-description = О себе
profile-picture = Фотография
profile-picture-choose = Выбрать фотографию
profile-picture-other = Выбрать другую
profile-picture-remove = Убрать
profile-shown = { $name }: кто это видит
profile-note = «Контакты» видят это в диалогах с вами. То, что кто-то уже получил, у него остаётся, даже если вы это уберёте.
profile-save = Сохранить
profile-saved = Сохранено. Другие узнают об этом, когда вы будете на связи.
shown-nobody = Никто
shown-contacts = Контакты
shown-everyone = Все
person-title = Об этом человеке
person-me = Что другие видят о вас
person-open = О человеке: { $name }
person-full-name = Полное имя
person-age = Возраст
person-years = { $count ->
    [one] { $count } год
    [few] { $count } года
   *[many] { $count } лет
}
person-since = В Беседе с
person-nothing = Больше об этом человеке ничего не известно.
person-looks-like = Это имя похоже на имя другого участника, { $name }. Убедитесь, кто это.
person-mixed = В этом имени смешаны буквы разных алфавитов. Убедитесь, кто это.
person-calls = Называет себя
person-petname = Как вы называете этого человека
person-petname-hint = Видите только вы. Пусто: { $name }
person-add = Добавить в контакты
person-add-text = Контакт видит в вашем диалоге то, что вы показываете контактам.
person-remove = Убрать из контактов
person-block = Заблокировать
person-unblock = Разблокировать
person-blocked-text = Заблокирован: в диалогах ничто от этого человека не считается непрочитанным, в группах оно свёрнуто, а ваши ссылки его не впускают. Он об этом не узнает.
contacts = Контакты
contacts-none = Контактов пока нет. Откройте из беседы карточку человека и добавьте его.
contacts-blocked = Заблокированные
member-blocked = Вы заблокировали этого человека.
message-blocked = От того, кого вы заблокировали.
message-unfold = Показать
verified = Личность подтверждена
verified-at = Вы подтвердили личность: { $name } ({ $time }).
verify-open = Подтвердить
verify-title = Код безопасности
verify-text = Сравните эти цифры с теми, что видит { $name }: прочитайте их друг другу или сравните коды способом, которому доверяете. Если они совпадают, между вами никого нет.
verify-digits = Код безопасности, двенадцать групп по пять цифр
verify-code = Ваш код: показать или отправить
verify-theirs = Код, который видит { $name }
verify-compare = Сравнить
verify-copy = Скопировать код
verify-done = Цифры совпадают
verify-undo = Уверенности больше нет
copied-code = Код скопирован
new-device = { $name }: с тех пор, как вы смотрели, появилось новое устройство.
new-device-verified = { $name }: с тех пор, как вы подтвердили личность, появилось новое устройство.
new-device-seen = Понятно

## Восстановление, резервная копия, блокировка

recovery = Восстановление
recovery-text = Если потерять все устройства, аккаунт и беседы вернут 24 слова восстановления. Больше их не вернёт никто и ничто.
recovery-kept = Слова восстановления есть у вас на бумаге. Ни одно устройство больше их не покажет.
recovery-missing = Слова восстановления ещё не записаны на бумаге. Потеряете этот компьютер — потеряете всё.
recovery-show = Записать слова восстановления
reminder-text = Слова восстановления ещё не записаны на бумаге.
reminder-show = Записать
reminder-later = Напомнить при следующем запуске
words-title = Слова восстановления
words-text = Запишите эти 24 слова на бумаге в этом же порядке и храните её там, где храните самое ценное.
words-warning = Кто увидит эти слова, тот прочтёт все ваши беседы и сможет писать от вашего имени. Их не должен видеть никто, кроме вас: не фотографируйте их, не пересылайте и не храните на компьютере. Никто из Беседы никогда их не спросит.
words-written = Слова записаны
words-ask = Посмотрите на свою бумагу. Какие слова там стоят?
words-number = Слово номер { $number }
words-wrong = На вашей бумаге слово номер { $number } другое. Посмотрите ещё раз.
words-again = Показать слова снова
words-submit = Сверить
words-kept = Верно. Теперь слова есть только на вашей бумаге: ни одно устройство больше их не покажет.
first-words = У меня есть слова восстановления
first-file = У меня есть файл резервной копии
recover-title = Вернуться по словам восстановления
recover-text = Ваш ретранслятор хранит запечатанную копию, которую открывают только ваши слова. Этот компьютер станет вашим устройством, а беседы вернутся, когда их участники впустят его.
recover-words = 24 слова восстановления
recover-words-hint = В том же порядке, что на бумаге, через пробел.
recover-words-typed = { $count ->
    [one] { $count } слово из 24
    [few] { $count } слова из 24
   *[many] { $count } слов из 24
}
recover-words-count = { $count ->
    [one] Слов восстановления 24, а здесь { $count } слово.
    [few] Слов восстановления 24, а здесь { $count } слова.
   *[many] Слов восстановления 24, а здесь { $count } слов.
}
recover-relay-hint = Ретранслятор, на котором был ваш аккаунт: копия лежит там.
recover-submit = Вернуть аккаунт
recover-waiting = Просим у ретранслятора вашу копию…
recover-away = Ретранслятор не отвечает. Проверьте его адрес и сеть и попробуйте ещё раз.
restore-title = Восстановить из файла
restore-text = Всё, что было в резервной копии, сразу окажется здесь. Этот компьютер станет ещё одним вашим устройством.
restore-submit = Восстановить
restore-waiting = Восстанавливаем… Большая копия займёт минуту.
restore-wrong = Эта фраза не открывает копию. Проверьте раскладку и Caps Lock и попробуйте ещё раз.
restore-file-unreadable = Такого файла нет или его нельзя прочесть. Проверьте путь.
backup = Резервная копия в файл
backup-file = Файл
backup-file-hint = Полный путь; ~ — ваша домашняя папка.
backup-file-missing = Укажите, где находится файл.
backup-file-unwritable = Записать файл туда нельзя. Есть ли такая папка и можно ли вам в неё писать?
backup-passphrase = Парольная фраза копии
backup-passphrase-hint = Не меньше восьми знаков. Без неё файл не откроет никто.
backup-passphrase-short = В парольной фразе копии должно быть не меньше восьми знаков.
backup-submit = Записать копию
backup-writing = Записываем… Можно продолжать работу, но не закрывайте это окно.
backup-done = Всё записано в { $name }. Храните файл не на этом компьютере.
lock = Блокировка
lock-text = Заблокированное приложение ничего не показывает и не получает, пока вы не введёте парольную фразу.
lock-text-none = Чтобы блокировать приложение, задайте парольную фразу. Она будет спрашиваться при каждом запуске.
lock-now = Заблокировать
lock-after = Блокировать, если не пользоваться
lock-after-0 = Никогда
lock-after-1 = Через минуту
lock-after-5 = Через 5 минут
lock-after-15 = Через 15 минут
lock-after-60 = Через час
lock-set = Задать парольную фразу
lock-change = Сменить парольную фразу
lock-old = Прежняя парольная фраза
lock-new = Новая парольная фраза
lock-forget = Если её забыть, открыть сообщения на этом компьютере не сможет никто.
lock-submit = Задать
lock-passphrase-set = Парольная фраза задана
lock-no-passphrase = Блокирует только парольная фраза: задайте её в настройках.

# Запросы: кто-то добавил этого человека в беседу
request-row = Хочет вам написать
request-row-chat = Вас добавили в эту беседу
request-dialog = { $name } хочет вам написать
request-chat = { $name } добавляет вас в эту беседу
request-text = Сначала можно прочитать. Только после вашего согласия там узнают, что до вас что-то дошло и что вы о себе рассказываете.
request-accept = Принять
request-refuse = Отклонить
request-block = Отклонить и заблокировать

# Добавление людей
person-write = Написать
add-member-open-dialog = Добавить людей
add-member-title = Добавить людей в «{ $chat }»
add-member-open = Они прочтут всё, что здесь было сказано.
add-member-closed = Они прочтут только то, что будет сказано с этого времени.
add-member-add = Добавить
add-member-submit = Добавить: { $name }
add-member-asked = Войдёт, как только об этом узнает ретранслятор
add-member-none = Все ваши контакты уже в этой беседе, или их пока нет. Найдите человека по имени пользователя или отправьте ссылку.
add-member-link = Пригласить по ссылке
find-person = Найти по имени пользователя
find-person-hint = Кто указан в каталоге вашего ретранслятора, находится по имени целиком.
find-person-submit = Найти
error-no_such_person = В каталоге вашего ретранслятора нет никого с таким именем. Спросите у человека имя или приглашение.
error-no_directory = На вашем ретрансляторе нет каталога людей. Попросите приглашение.

# Каталог людей ретранслятора
listing = Находить меня по имени пользователя
listing-text = Ретранслятор запомнит это имя и узнает, что это вы. Кто введёт его целиком, сможет вам написать; вы решите, принять ли.
listing-listed = Вас можно найти.
listing-no = Ретранслятор узнает об этом, как только ответит.
listing-taken = Это имя у вашего ретранслятора уже занято. Выберите другое.
listing-no_directory = Ваш ретранслятор не ведёт каталога людей.
listing-no-username = Сначала выберите имя пользователя.

chat-made = Автор — { $name }{ "\u00A0" }· { $day }
chat-picture = Картинка беседы

## Уведомления и область уведомлений

chat-notices = Уведомления…
chat-notices-title = Уведомления: { $title }
chat-notices-of = Сообщать
level-all = Обо всех сообщениях
level-all-text = Обо всём, что здесь пишут.
level-mentions = О том, что для меня
level-mentions-text = Когда упоминают вас или всех и когда отвечают на ваши сообщения.
level-nothing = Ни о чём
level-nothing-text = Непрочитанные всё равно считаются.
chat-notices-mute = Без звука
chat-notices-mute-text = Такая беседа ни о чём не сообщает и не входит в счётчик на всех ваших устройствах.
muted-until = Без звука: { $time }
muted-forever = Без звука, пока вы его не включите

settings-notifications = Уведомления
notices-text = Это настройки данного устройства. О чём сообщает отдельная беседа, выбирают в её меню — сразу для всех ваших устройств.
notices-on = Уведомления
notices-on-text = Сообщать о новых сообщениях вне окна.
notices-show = Показывать
notices-show-text = Отправителя и текст
notices-show-sender = Отправителя
notices-show-nothing = Ничего
notices-sound = Звук
notices-sound-text = Если система умеет его проигрывать.
quiet = Не беспокоить
quiet-until = Уведомления вернутся: { $time }
quiet-hours = Тихие часы
quiet-hours-text = Каждый день в это время уведомлений нет. Всё, что придёт, будет непрочитанным.
quiet-from = С
quiet-to = до
quiet-next-day = { $time } — уже следующего дня
tray = Область уведомлений
close-to-tray = Сворачивать при закрытии
close-to-tray-text = Закрытое окно остаётся значком в области уведомлений и получает сообщения.
close-to-tray-none = Области уведомлений сейчас нет, поэтому закрытие окна завершает программу.
tray-show = Показать «Беседу»
tray-quiet = Не беспокоить час
tray-loud = Снова беспокоить
tray-quit = Выйти

notice-new = { $count ->
    [1] Новое сообщение
    [one] { $count } новое сообщение
    [few] { $count } новых сообщения
   *[other] { $count } новых сообщений
}
notice-titled = { $count ->
    [one] { $title }: { $count } новое сообщение
    [few] { $title }: { $count } новых сообщения
   *[other] { $title }: { $count } новых сообщений
}
notice-many = { $count ->
    [one] { $count } новое сообщение
    [few] { $count } новых сообщения
   *[other] { $count } новых сообщений
} { $number ->
    [one] в { $number } беседе
   *[other] в { $number } беседах
}
notice-for-me = { $count ->
    [1] Одно из них — для вас
    [one] { $count } из них — для вас
   *[other] { $count } из них — для вас
}
notice-open = Открыть
notice-mark-read = Прочитано
notice-reply = Ответить
notice-reply-hint = Напишите сообщение

## Приложение в системе и ссылки наружу

system-autostart = Запускать вместе с компьютером
system-autostart-text = Беседа откроется свёрнутой, когда вы войдёте в систему, и сразу начнёт получать сообщения.
system-keys = Клавиши, которые показывают Беседу
system-keys-text = Из любой программы. Чтобы задать, нажмите их здесь.
system-keys-press = Нажмите клавиши…
system-keys-unset = Не заданы
system-keys-remove = Убрать клавиши
system-keys-none-here = В этом сеансе программы не слышат клавиш, нажатых не у них. Назначьте в настройках клавиатуры вашей системы сочетание для команды «beseda-desktop»: она показывает окно.
open-link-title = Открыть ссылку?
open-link-text = Ссылка откроется в браузере. Она ведёт сюда:
open-link-mail = Ссылка откроет почтовую программу. Письмо пойдёт сюда:
open-link-copy = Скопировать адрес
open-link-submit = Открыть
