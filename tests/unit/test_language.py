"""The language of a document, told by its commonest words."""

# ruff: noqa: RUF001 - letters of other scripts look like ours

from __future__ import annotations

import pytest

from adapters.knowledge.blocks import Block
from adapters.knowledge.language import language_of

TEXTS = {
    "en": "The VPN connects your laptop to internal systems. You can use it from home.",
    "de": "Das VPN verbindet Ihren Laptop mit den internen Systemen. Es wird von der IT betreut.",
    "fr": "Le VPN relie votre ordinateur aux systèmes internes. Il est géré par les équipes.",
    "es": "La VPN conecta su portátil con los sistemas internos. Se usa desde casa con el móvil.",
    "pt": "A VPN liga o seu portátil aos sistemas internos. Não está disponível para visitantes.",
    "it": "La VPN collega il portatile ai sistemi interni. Non è disponibile per gli ospiti.",
    "nl": "De VPN verbindt uw laptop met het netwerk. Het wordt door IT beheerd en is niet open.",
    "pl": "VPN łączy laptop z siecią. Nie jest dostępny dla gości, aby chronić dane oraz sieć.",
    "sv": "VPN ansluter din dator till nätverket. Det är inte öppet för gäster och ska stängas.",
    "ja": "VPNはノートパソコンを社内システムに接続します。",
    "zh": "虚拟专用网络将您的笔记本电脑连接到内部系统。",
    "ru": "VPN подключает ваш ноутбук к внутренним системам.",
    "uk": "VPN з'єднує ваш ноутбук із внутрішніми системами.",
    "el": "Το VPN συνδέει τον υπολογιστή σας με τα συστήματα.",
    "ar": "تربط الشبكة الافتراضية الحاسوب بالأنظمة الداخلية.",
    "": "VPN 2.0 / WireGuard",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items(), ids=TEXTS)
def test_a_text_tells_its_language(code: str, text: str) -> None:
    assert language_of([Block("code the and of", code=True), Block(text)]) == code
