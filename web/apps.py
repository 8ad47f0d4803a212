"""The look: base templates, components, stylesheet, icons. Knows nothing of the business."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
