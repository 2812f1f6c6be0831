"""What is relied on in Manim beyond what a scene of its handbook uses: every name, exactly, in one place.

A new release of Manim fails in the test of this list and not in a film; whoever overrides or reaches for another name
of the renderer, the camera, the file writer or the scene has to write it down here first
(``tests/render/drawing/test_manim_names.py``).

What is announced (ManimCommunity/manim, both open in the autumn of 2026):

- Pull request 4989 takes pixels and Cairo's contexts from ``Camera`` to ``CairoRenderer``, whose modules move to
  ``manim.renderer.cairo``; a camera is then a view and nothing else.  ``BoxCamera`` becomes part of a renderer: its
  ``display_vectorized``, ``display_image_mobject``, ``set_cairo_context_path``, ``apply_…`` and ``…_rgbas`` go to
  whatever draws there, ``camera_class=BoxCamera`` goes away, and ``pixel_array`` is asked of the renderer's raster
  target, in ``StraightRenderer.render``, in the layout watch of ``draw.build`` and in ``dry.walk_through``.
  ``static_image`` stays the renderer's, and so does ``camera.background_color``, which ``StageScene`` sets: it is part
  of the view.
- Pull request 5002, on top of it, has ``Manager`` make the file writer on first use and close what rendering has
  opened.  ``draw.build`` gives ``observer.tap`` the writer before anything is played: it will have to ask the manager
  for it, or to give the manager a writer of its own; ``dry.walk_through`` as well.  ``Tap.abort_encode_jobs`` is then
  called for every failure, also for one of a direct ``play``.  The buffers are made on demand: a camera that is never
  drawn has none.
"""

from __future__ import annotations

from typing import Final

RELIED_ON: Final[dict[str, tuple[str, ...]]] = {
    "manim.renderer.cairo_renderer.CairoRenderer": (
        "__init__(file_writer_class, camera_class, skip_animations)",
        "add_frame(frame)",
        "camera",
        "file_writer",
        "get_frame()",
        "play(scene, args, kwargs)",
        "render(scene, time, moving_mobjects)",
        "skip_animations",
        "static_image",
        "update_frame(scene, mobjects)",
    ),
    "manim.scene.scene_file_writer.SceneFileWriter": (
        "__init__(settings)",
        "abort_encode_jobs(reraise_encoder_failures)",
        "add_sound(sound_file, time, gain)",
        "begin_animation(allow_write, animation_index)",
        "end_animation(allow_write)",
        "finish()",
        "is_already_cached(hash_invocation)",
        "next_section(name, type_, skip_animations)",
        "write_frame(pixels, repeat)",
    ),
    "manim.camera.camera.Camera": (
        "apply_fill(ctx, vmobject)",
        "apply_stroke(ctx, vmobject, background)",
        "background",
        "background_color",
        "cairo_line_width_multiple",
        "capture_mobjects(mobjects, kwargs)",
        "display_image_mobject(image_mobject, pixel_array)",
        "display_vectorized(vmobject, ctx)",
        "frame_center",
        "frame_height",
        "get_cairo_context(pixel_array)",
        "get_fill_rgbas(vmobject)",
        "get_mobjects_to_display(mobjects)",
        "get_stroke_rgbas(vmobject, background)",
        "pixel_array",
        "pixel_height",
        "pixel_width",
        "points_to_subpixel_coords(mobject, points)",
        "set_cairo_context_path(ctx, vmobject)",
        "set_pixel_array(pixel_array, convert_from_floats)",
        "transform_points_pre_display(mobject, points)",
    ),
    "manim.scene.scene.Scene": (
        "__init__(renderer)",
        "add(mobjects)",
        "add_foreground_mobject(mobject)",
        "add_mobjects_from_animations(animations)",
        "add_sound(sound_file)",
        "add_subcaption(content)",
        "animations",
        "camera",
        "construct()",
        "file_writer_settings",
        "foreground_mobjects",
        "get_mobject_family_members()",
        "mobjects",
        "next_section(name)",
        "play(args, kwargs)",
        "remove(mobjects)",
        "remove_foreground_mobject(mobject)",
        "render()",
        "renderer",
        "setup()",
        "tear_down()",
        "time",
        "updaters",
    ),
    # letterings and readouts take part in what Manim does with mobjects, and texts of its own are told apart
    "manim.mobject.mobject.Mobject": (
        "__deepcopy__(clone_from_id)",
        "become(mobject)",
        "fade(darkness, family)",
        "has_time_based_updater()",
        "interpolate_color(mobject1, mobject2, alpha)",
        "show(camera)",  # no use is made of it: `Tower` has a method of that name
    ),
    "manim.mobject.svg.svg_mobject.SVGMobject": ("modify_xml_tree(element_tree)",),
    "manim.mobject.text.text_mobject.Text": ("__init__(text)", "original_text"),
    "manim.mobject.text.text_mobject.MarkupText": ("__init__(text)", "original_text"),
    "manim.mobject.text.text_mobject.Paragraph": ("lines_text",),
    "manim.mobject.text.numbers.DecimalNumber": ("number",),
    "manim.mobject.text.tex_mobject.SingleStringMathTex": ("__init__(tex_string)", "tex_string"),
    "manim.mobject.text.tex_mobject.MathTexPart": ("tex_string",),
    "manim.mobject.text.typst_mobject.Typst": ("__init__(typst_code)", "typst_code"),
    "manim.mobject.text.typst_mobject.MathTypst": ("typst_code",),
    # what animations move, turn into and consist of
    "manim.mobject.types.image_mobject.AbstractImageMobject": (
        "get_pixel_array()",
        "set_color(color, alpha, family)",
    ),
    "manim.animation.animation.Animation": (
        "begin()",
        "finish()",
        "interpolate_mobject(alpha)",
        "mobject",
        "run_time",
    ),
    "manim.animation.composition.AnimationGroup": ("animations",),
    "manim.animation.transform.Transform": ("target_mobject",),
}
"""Names by their owner: an attribute, or a method with the parameters that are given to it or handed on."""

BELOW_THE_TOP: Final[dict[str, tuple[str, ...]]] = {
    "manim.animation.animation": ("prepare_animation",),
    "manim.mobject.text.tex_mobject": ("MathTexPart",),
    "manim.mobject.types.image_mobject": ("AbstractImageMobject",),
    "manim.renderer.cairo_renderer": ("CairoRenderer",),
    "manim.scene.scene_file_writer": ("SceneFileWriter",),
    "manim.utils.color": ("ManimColor",),
    "manim.utils.iterables": ("list_update",),
    "manim.utils.sounds": ("get_full_sound_file_path",),
}
"""What is imported from Manim's modules and not from ``manim`` itself, which promises nothing about them."""
